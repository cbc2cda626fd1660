import { connect } from 'node:tls';
import { eachPage } from '../../gateway/pages.ts';
import { ApiProblem, CommandError, InterruptedError } from '../../gateway/problems.ts';
import { keptToken, tokenFile } from '../../gateway/token-store.ts';
import type { Alert } from '../alerts.ts';
import type { Channel } from '../channels.ts';
import type { QueueList } from '../queues.ts';
import type { Tools } from '../tools.ts';
import { bad, warn } from './finding.ts';
import type { Finding } from './finding.ts';
import { judgeAccess, judgeCertificate } from './judge-access.ts';
import type { Who } from './judge-access.ts';
import { judgeDisk } from './judge-disk.ts';
import { judgeFacts } from './judge-facts.ts';
import type { Facts } from './judge-facts.ts';
import { judgeAlerts, judgeChannels, judgeCircuits, judgeQueues, judgeWaiting } from './judge-flow.ts';
import type { Circuit, Waiting } from './judge-flow.ts';
import { judgeInstances } from './judge-programs.ts';
import type { Instance } from './judge-programs.ts';
import { localDisks } from './local-disks.ts';
import { judgeClock, judgeHealth } from './judge-servers.ts';
import type { Health } from './judge-servers.ts';

/** Everything that can be seen from here, one finding after another; what cannot be asked is a finding itself. */
export async function* examine(tools: Tools, programs: readonly string[]): AsyncGenerator<Finding> {
  const { url } = tools.gateway;
  for (const disk of await localDisks(tools.around)) yield judgeDisk('本机', disk);
  const answers = await lookAtHealth(tools, url);
  yield* judgeHealth('网关', answers.health, answers.why);
  for (const program of programs) {
    const other = await lookAtHealth(tools, program);
    yield* judgeHealth(program, other.health, other.why);
  }
  if (answers.health === null) return;
  yield judgeClock(answers.date, answers.sent, answers.received);
  if (url.startsWith('https:')) yield await lookAtCertificate(url);
  yield* examineInside(tools);
}

/** What the gateway only tells to those it knows. */
async function* examineInside(tools: Tools): AsyncGenerator<Finding> {
  const { api, gateway, around } = tools;
  const who = await attempt('token', '访问令牌', () => api.get<Who>('/api/session'), (answer) => [judgeAccess(answer, gateway.tokenFrom, endOfToken(tools), Date.now())]);
  yield* who;
  if (who.some(({ verdict }) => verdict === 'bad') || around.interrupted.aborted) return;
  yield* await attempt('facts', '网关所见', () => api.get<Facts>('/api/doctor'), (facts) => judgeFacts(facts, Date.now()));
  yield* await attempt('instances', '程序', () => all<Instance>(tools, '/api/edge-instances'), (rows) => judgeInstances(rows, Date.now()));
  yield* await attempt('queues', '队列', () => api.get<QueueList>('/api/queues'), judgeQueues);
  yield* await attempt('circuits', '各方接口', () => all<Circuit>(tools, '/api/circuits'), judgeCircuits);
  yield* await attempt('channels', '通道', () => api.get<{ items: readonly Channel[] }>('/api/channels'), ({ items }) => judgeChannels(items));
  yield* await attempt('waiting', '失败和积压', () => waiting(tools), judgeWaiting);
  yield* await attempt('alerts', '告警', () => all<Alert>(tools, '/api/alerts', { open: true }), judgeAlerts);
}

async function attempt<T>(check: string, checkZh: string, ask: () => Promise<T>, judge: (answer: T) => Finding[]): Promise<Finding[]> {
  try {
    return judge(await ask());
  } catch (error) {
    if (!(error instanceof CommandError) || error instanceof InterruptedError) throw error;
    const missing = error instanceof ApiProblem && error.problem.code === 'route-unknown';
    const verdict = missing ? warn : bad;
    return [verdict([check, checkZh], error.message, error.advice ?? '看网关的日志。')];
  }
}

/** A doctor looks at no more than this: what is beyond it is as bad. */
const MOST = 1_000;

async function all<T>(tools: Tools, path: string, query: Record<string, boolean> = {}): Promise<T[]> {
  const items: T[] = [];
  for await (const page of eachPage<T>(tools.api, path, query)) {
    items.push(...page.items);
    if (items.length >= MOST) break;
  }
  return items;
}

/** Dead letters wait until somebody decides about them, however old they are. */
async function waiting({ api }: Tools): Promise<Waiting> {
  const [summary, letters] = await Promise.all([api.get<Waiting>('/api/summary'), api.get<{ items: readonly unknown[]; nextCursor: string | null }>('/api/dead-letters', { status: 'open', limit: 200 })]);
  return { ...summary, openLetters: letters.items.length, moreLetters: letters.nextCursor !== null };
}

interface Looked {
  readonly health: Health | null;
  readonly why: string | null;
  readonly date: number | null;
  readonly sent: number;
  readonly received: number;
}

/** Health is told to everybody: no token goes along, not even to the gateway. A 503 says which server is down. */
async function lookAtHealth(tools: Tools, url: string): Promise<Looked> {
  const sent = Date.now();
  try {
    const { body, date } = await tools.client(url, null).askAnyway<Health>('/health/ready');
    const known = typeof body?.checks === 'object';
    return { health: known ? body : null, why: '答复不是健康检查的', date, sent, received: Date.now() };
  } catch (error) {
    if (!(error instanceof CommandError) || error instanceof InterruptedError) throw error;
    return { health: null, why: error.message, date: null, sent, received: Date.now() };
  }
}

function endOfToken({ around, gateway }: Tools): string | null {
  const kept = keptToken(tokenFile(around.env, around.home), gateway.url);
  return kept !== null && kept.token === gateway.token ? kept.expiresAt : null;
}

const TLS_MS = 5_000;

/** A certificate that is not trusted is read too: that it has expired is what somebody wants to hear. */
async function lookAtCertificate(url: string): Promise<Finding> {
  const { hostname, port } = new URL(url);
  const endsAt = await new Promise<number>((resolve) => {
    const socket = connect({ host: hostname, port: port === '' ? 443 : Number(port), servername: hostname, rejectUnauthorized: false, timeout: TLS_MS });
    const end = (ms: number): void => { socket.destroy(); resolve(ms); };
    socket.once('secureConnect', () => end(Date.parse(socket.getPeerCertificate().valid_to)));
    socket.once('timeout', () => end(NaN));
    socket.once('error', () => end(NaN));
  });
  return Number.isNaN(endsAt) ? warn(['certificate', '网关的证书'], '读不到', '检查网关前的代理。') : judgeCertificate(endsAt, Date.now());
}
