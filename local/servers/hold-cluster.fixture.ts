import { RabbitCluster } from './rabbitmq-cluster.ts';

// Holds a cluster of one node until it is killed, and says where that node listens.
const cluster = await RabbitCluster.start(1);
console.log(cluster.url);
setInterval(() => undefined, 60_000);
