import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from '@jest/globals';
import { KeyRing } from '#runtime';
import { until, withRedis, withVhost } from '../../../test/support/index.ts';
import { DEAD, INTAKE, intakeMessage, Rig, testTopology } from './bus-rig.fixture.ts';
import type { QueueOptions } from './bus-server.ts';
import { readDeadLetter } from './dead-letter.ts';
import { readDelivery } from './delivery.ts';
import type { PoisonProgramOptions } from './poison-program.fixture.ts';

const DIED_OF_POISON = 86;
/** A loaded machine takes seconds for each new life of the program. */
const within = 150_000;
const TEST_MS = 170_000;
const here = import.meta.dirname;

/** Runs the program again whenever it dies, as a service manager would. */
class KeptProgram {
  readonly done: string[] = [];
  readonly exits: (number | null)[] = [];
  private readonly argument: string;
  private child: ChildProcess | null = null;
  private kept = true;

  constructor(options: PoisonProgramOptions) {
    this.argument = JSON.stringify(options);
  }

  start(): void {
    const child = spawn(process.execPath, ['--conditions=source', '--import', `${here}/run-typescript.fixture.mjs`, `${here}/poison-program.fixture.ts`, this.argument],
      { stdio: ['ignore', 'pipe', 'inherit'] });
    this.child = child;
    createInterface({ input: child.stdout }).on('line', (line) => { if (line.startsWith('done ')) this.done.push(line.slice(5)); });
    child.on('exit', (code) => {
      this.exits.push(code);
      if (this.kept && code === DIED_OF_POISON) this.start();
    });
  }

  async stop(): Promise<void> {
    this.kept = false;
    if (!this.child || this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}

describe('a message that kills its process', () => {
  const vhost = withVhost();
  const redis = withRedis();
  const keys = KeyRing.generateJson();
  const rig = new Rig(() => vhost.url, keys);
  const programs: KeptProgram[] = [];
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.stop();
    await rig.closeAll();
    await rig.empty(INTAKE, DEAD);
  });

  const poisoned = (ids: readonly string[]) => ids.map((id) => intakeMessage(id, { poison: id.startsWith('poison') }));

  async function end(ids: readonly string[], queue: Omit<QueueOptions, 'name'>, prefix: string, bundled = false): Promise<KeptProgram> {
    const publisher = await rig.publisher({ topology: testTopology({ deliveryLimit: 100, bundled }) });
    await publisher.publishAll(poisoned(ids));
    const program = new KeptProgram({ rabbitmqUrl: vhost.url, redisUrl: redis.url, prefix: redis.prefix + prefix, keys, queue, bundled });
    programs.push(program);
    program.start();
    const poisons = ids.filter((id) => id.startsWith('poison')).length;
    await until(async () => (await rig.ready(DEAD)) >= poisons && new Set(program.done).size >= ids.length - poisons, { within, every: 100, what: 'poison dead, others handled' });
    return program;
  }

  async function letters() {
    const found = [];
    for (let raw = await rig.take(DEAD); raw; raw = await rig.take(DEAD)) {
      const { headers } = readDelivery({ ...raw, fields: { ...raw.fields, consumerTag: '' } });
      const { code, queue, deliveryCount } = readDeadLetter({ queue: DEAD, messageId: '', type: '', body: raw.content, headers, deliveryCount: 0, failures: 0 });
      found.push({ messageId: String(raw.properties.messageId), code, queue, deliveryCount });
    }
    return found;
  }

  const neighbours = ['before1', 'before2', 'poison', 'behind1', 'behind2', 'behind3'];

  it.each<[string, Omit<QueueOptions, 'name'>, boolean]>([
    ['in batches', { mode: 'batch', batchSize: 10, lingerMs: 20 }, false],
    ['in a bundle', { mode: 'batch', batchSize: 10, lingerMs: 20 }, true],
    ['each by itself', { mode: 'each', concurrency: 4 }, false],
  ])('becomes a dead letter after three noted starts, and its neighbours are handled: %s', async (_mode, queue, bundled) => {
    const program = await end(neighbours, queue, `${queue.mode} ${bundled}`, bundled);
    // Twice before it is a suspect, and three times with its start noted.
    expect(program.exits).toEqual(Array.from({ length: 5 }, () => DIED_OF_POISON));
    expect(await letters()).toEqual([{ messageId: 'poison', code: 'kills-its-process', queue: INTAKE, deliveryCount: 5 }]);
    expect(new Set(program.done)).toEqual(new Set(['before1', 'before2', 'behind1', 'behind2', 'behind3']));
  }, TEST_MS);

  it('takes no innocent one along, however many of its kind lie between them', async () => {
    const program = await end(['a', 'poison1', 'b', 'poison2', 'c', 'd'], { mode: 'each', concurrency: 6 }, 'two');
    expect((await letters()).map(({ messageId, code }) => `${messageId} ${code}`).toSorted()).toEqual(['poison1 kills-its-process', 'poison2 kills-its-process']);
    expect(new Set(program.done)).toEqual(new Set(['a', 'b', 'c', 'd']));
  }, TEST_MS);
});
