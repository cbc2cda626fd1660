import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KeyRing } from '#runtime';
import type { Kysely } from 'kysely';
import { until as untilTrue, withDatabase } from '../../../../../test/support/index.ts';
import { hashPassword } from '../../access/password-hash.ts';
import { migrateLedger } from '../../ledger/migrate-ledger.ts';
import { openLedger } from '../../ledger/open-ledger.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import { addPerson } from '../ops-browser.fixture.ts';
import { PUBLIC_URL, QUIET_BROKER, startOpsServer } from '../ops-server.fixture.ts';
import type { OpsServer } from '../ops-server.fixture.ts';
import { LiveFeed } from './live-feed.ts';
import { ReadLiveState } from './read-live-state.ts';

const SETTINGS = { liveConnections: 3, liveIntervalMs: 100, liveRecheckMs: 100 };
const database = withDatabase();
const views: View[] = [];
let db: Kysely<LedgerTables>;
let server: OpsServer;
let looks = 0;

beforeEach(async () => {
  db = openLedger({ url: database.url, poolSize: 4, statementTimeoutMs: 10_000, onConnectionLost: () => undefined });
  await migrateLedger(db);
  await db.deleteFrom('alerts').execute();
  server = await startOpsServer(db, KeyRing.fromJson(KeyRing.generateJson()), QUIET_BROKER, SETTINGS);
  looks = 0;
  const reader = server.app.get(ReadLiveState, { strict: false });
  const look = reader.run.bind(reader);
  reader.run = (before) => { looks += 1; return look(before); };
});
afterEach(async () => {
  for (const view of views.splice(0)) view.close();
  await server.close();
  await db.destroy();
});

const until = (what: string, condition: () => unknown): Promise<unknown> => untilTrue(async () => await condition(), { within: 20_000, every: 20, what });

interface Told {
  readonly event: string;
  readonly id: string;
  readonly data: { alertId?: number; subject?: string; open?: boolean; status?: string };
}

/** A live view as a client sees it. */
class View {
  text = '';
  over = false;
  private readonly answer: IncomingMessage;

  constructor(answer: IncomingMessage) {
    this.answer = answer;
    views.push(this);
    answer.on('data', (piece: Buffer) => { this.text += piece.toString('utf8'); });
    answer.once('close', () => { this.over = true; });
    answer.on('error', () => undefined);
  }

  get status(): number {
    return this.answer.statusCode ?? 0;
  }

  get headers(): IncomingMessage['headers'] {
    return this.answer.headers;
  }

  get told(): Told[] {
    return [...this.text.matchAll(/id: (\S+)\nevent: (\S+)\ndata: (.*)\n\n/g)].map(([, id = '', event = '', data = '{}']) => ({ id, event, data: JSON.parse(data) as Told['data'] }));
  }

  /** Takes nothing any more. */
  stall(): void {
    this.answer.removeAllListeners('data');
    this.answer.pause();
  }

  close(): void {
    this.answer.destroy();
  }
}

function watch(headers: Readonly<Record<string, string>> = { authorization: `Bearer ${server.token}` }): Promise<View> {
  return new Promise((resolve, reject) => {
    httpRequest(`${server.url}/api/live`, { headers, agent: false }, (answer) => resolve(new View(answer))).once('error', reject).end();
  });
}

async function openAlert(subject: string): Promise<void> {
  await db.insertInto('alerts').values({ condition: 'circuit-open', subject, detail_zh: '端点不通', detail_en: 'down', facts: '{}' }).execute();
}

const feed = (): LiveFeed => server.app.get(LiveFeed, { strict: false });
const opened = (subject: string) => ({ told }: View): boolean => told.some(({ event, data }) => event === 'alert' && data.subject === subject);

describe('live views', () => {
  it('are told how things are, and each alert as it opens, is acknowledged and closes', async () => {
    await openAlert('hall:410202');
    const view = await watch();
    expect([view.status, view.headers['content-type'], view.headers['x-content-type-options']]).toEqual([200, 'text/event-stream; charset=utf-8', 'nosniff']);
    await until('the state', () => ['summary', 'queues', 'alert'].every((event) => view.told.some((told) => told.event === event)));
    await openAlert('hall:410204');
    await until('the new alert', () => opened('hall:410204')(view));
    const { seq } = await db.selectFrom('alerts').select('seq').where('subject', '=', 'hall:410204').executeTakeFirstOrThrow();
    await (await server.as('operator')).post(`/api/alerts/${seq}/acknowledge`, { reason: '已联系大厅' }, { 'if-match': '"1"' });
    await until('that somebody has it', () => view.told.some(({ event, data }) => event === 'alert' && data.subject === 'hall:410204' && data.status === 'acknowledged'));
    await db.updateTable('alerts').set({ closed_at: new Date() }).where('subject', '=', 'hall:410204').execute();
    await until('its end', () => view.told.some(({ event, data }) => event === 'alert' && data.subject === 'hall:410204' && data.open === false));
    expect(view.told.filter(({ data }) => data.subject === 'hall:410202')).toHaveLength(1);
    expect(new Set(view.told.map(({ id }) => id)).size).toBe(view.told.length);
    expect(view.text).toContain('\n: \n\n');
  });

  it('begin with how things are for who comes back after a break, whatever was seen before it', async () => {
    await openAlert('hall:410202');
    const first = await watch();
    await until('the state', () => opened('hall:410202')(first));
    const last = first.told.at(-1)?.id ?? '';
    first.close();
    await openAlert('hall:410203');
    const second = await watch({ authorization: `Bearer ${server.token}`, 'last-event-id': last });
    await until('both alerts', () => opened('hall:410202')(second) && opened('hall:410203')(second));
    expect(second.told.some(({ event }) => event === 'summary')).toBe(true);
  });

  it('are all served by one look, and nobody looks while nobody watches', async () => {
    const began = performance.now();
    const all = [await watch(), await watch(), await watch()];
    const count = (view: View): number => view.told.filter(({ event }) => event === 'summary').length;
    await until('ten rounds', () => all.every((view) => count(view) >= 10));
    // One looks at most once in each interval; were each view to look by itself, there would be three times as many.
    expect(looks).toBeLessThanOrEqual((performance.now() - began) / SETTINGS.liveIntervalMs + 1);
    for (const view of all) view.close();
    await until('nobody to watch', () => feed().open === 0);
    const before = looks;
    // That nothing happens can only be seen over a time: that of fifteen rounds.
    const since = performance.now();
    await until('fifteen rounds', () => performance.now() - since > 15 * SETTINGS.liveIntervalMs);
    expect(looks).toBe(before);
  });

  it('are bounded in number, and a place that is given up can be taken', async () => {
    const [first] = [await watch(), await watch(), await watch()];
    const refused = await server.get<{ code: string }>('/api/live');
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([503, 'live-full', '5']);
    first.close();
    await until('a free place', () => feed().open === 2);
    expect((await watch()).status).toBe(200);
  });

  it('hold no place for who only asks for the head, which would never be read to its end', async () => {
    const answer = await fetch(`${server.url}/api/live`, { method: 'HEAD', headers: { authorization: `Bearer ${server.token}` }, signal: AbortSignal.timeout(60_000) });
    expect({ status: answer.status, open: feed().open }).toEqual({ status: 405, open: 0 });
  });

  it('let a reader go that takes nothing, and serve the others meanwhile', async () => {
    const slow = await watch();
    const quick = await watch();
    slow.stall();
    const piece = `: ${'x'.repeat(512 * 1024)}\n\n`;
    const tell = (feed() as unknown as { tellAll(frame: string): void }).tellAll.bind(feed());
    await until('the slow reader to be let go', async () => {
      // Only so fast that the quick one keeps up.
      tell(piece);
      await new Promise((resolve) => setTimeout(resolve, 30));
      return feed().open === 1;
    });
    await openAlert('hall:410203');
    await until('the alert', () => opened('hall:410203')(quick));
    expect(quick.over).toBe(false);
  });

  it('end soon after the right is withdrawn: a token revoked, a role taken', async () => {
    const client = await server.as('viewer');
    const another = await server.as('operator');
    const [revoked, degraded, kept] = [await watch({ authorization: `Bearer ${client.token}` }), await watch({ authorization: `Bearer ${another.token}` }), await watch()];
    await until('the state', () => [revoked, degraded, kept].every(({ told }) => told.length > 0));
    await db.updateTable('api_tokens').set({ revoked_at: new Date() }).where('name', '=', 'viewer').execute();
    await db.updateTable('accounts').set({ roles: [] as never }).where('display_name', '=', 'operator').execute();
    await until('the end of both', () => revoked.over && degraded.over);
    expect(kept.over).toBe(false);
    expect((await watch({ authorization: `Bearer ${client.token}` })).status).toBe(401);
  });

  it('are open to a browser by its cookie, which they do not keep young', async () => {
    const person = await addPerson(db, ['viewer'], { password_hash: await hashPassword('a-long-password-for-tests') });
    const { headers } = await server.ask('/api/session', {
      method: 'POST', headers: { 'content-type': 'application/json', origin: PUBLIC_URL }, body: JSON.stringify({ name: person.name, password: 'a-long-password-for-tests' }),
    });
    const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const view = await watch({ cookie });
    await until('the state', () => view.told.length > 0);
    const old = new Date(Date.now() - 10 * 60_000);
    await db.updateTable('sessions').set({ last_seen_at: old }).execute();
    await until('some rechecks', () => view.told.filter(({ event }) => event === 'summary').length >= 8);
    expect((await db.selectFrom('sessions').select('last_seen_at').executeTakeFirstOrThrow()).last_seen_at).toEqual(old);
    await db.deleteFrom('sessions').execute();
    await until('the end', () => view.over);
  });

  it('end with the server, and do not keep it from ending', async () => {
    const view = await watch();
    await until('the state', () => view.told.length > 0);
    const began = performance.now();
    await server.close();
    await until('the end', () => view.over);
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
