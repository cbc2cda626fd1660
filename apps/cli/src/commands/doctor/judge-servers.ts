import { bad, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';

/** `/health/ready` of a program. */
export interface Health {
  readonly status: string;
  readonly checks: Readonly<Record<string, { readonly status: string; readonly latencyMs: number; readonly reason?: string }>>;
}

const SERVERS: Readonly<Record<string, string>> = { rabbitmq: 'RabbitMQ', postgresql: 'PostgreSQL', redis: 'Redis' };
const SLOW_MS = 500;

/** What a program says of the servers it needs; `null` when it does not answer. */
export function judgeHealth(program: string, health: Health | null, why: string | null): Finding[] {
  const about = ['program', `${program} 的健康检查`] as const;
  if (health === null) return [bad(about, `不答复：${why ?? '原因不明'}`, '确认该程序在运行、地址和端口不错；看它的日志最后几行。')];
  const servers = Object.entries(health.checks).map(([name, { status, latencyMs, reason }]) => {
    const server = ['server', `${program} 到 ${SERVERS[name] ?? name}`] as const;
    if (status !== 'up') return bad(server, `不通：${reason ?? '原因不明'}`, `检查 ${SERVERS[name] ?? name} 的进程、网络、磁盘和内存；恢复后程序自动重连，不用重启。`);
    return latencyMs >= SLOW_MS ? warn(server, `${latencyMs} 毫秒，偏慢`, '检查该服务器和网络的负载。') : ok(server, `通，${latencyMs} 毫秒`);
  });
  const whole = health.status === 'up' ? ok(about, '就绪') : warn(about, health.status === 'limited' ? '受限：缺一样也能做的本分照常' : '没有就绪', '先治下面不通的服务器。');
  return [whole, ...servers];
}

/** Signatures are good for five minutes around their time: long before that a clock that goes wrong must be set. */
const CLOCK = { warnMs: 5_000, badMs: 60_000 } as const;

/** This machine's clock against the gateway's `Date`, which has whole seconds; half the way there and back is taken off. */
export function judgeClock(gatewayMs: number | null, sentMs: number, receivedMs: number): Finding {
  const about = ['clock', '时钟'] as const;
  if (gatewayMs === null) return warn(about, '网关没有说它的时间', '经过的代理可能去掉了 Date 头；请直接连网关再查。');
  const off = Math.round((sentMs + receivedMs) / 2 - gatewayMs - 500);
  const said = `本机比网关${off >= 0 ? '快' : '慢'} ${(Math.abs(off) / 1000).toFixed(1)} 秒`;
  if (Math.abs(off) < CLOCK.warnMs + (receivedMs - sentMs) / 2) return ok(about, '与网关相差不到 5 秒');
  const advice = '用 NTP（chronyc tracking）校准两台机器；签名只认五分钟之内的时间，各方时钟不准会被拒收（timestamp-stale）。';
  return Math.abs(off) >= CLOCK.badMs ? bad(about, said, advice) : warn(about, said, advice);
}
