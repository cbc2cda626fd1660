import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../test/support/index.ts';
import type { Need } from '../access/needs.ts';
import { ROLES } from '../access/rights.ts';
import type { Role } from '../access/rights.ts';
import { addPerson, loggedInAs } from './ops-browser.fixture.ts';
import type { Person } from './ops-browser.fixture.ts';
import { openBench } from './ops-bench.fixture.ts';
import type { OpsBench } from './ops-bench.fixture.ts';
import { opsDocument } from './ops-docs.ts';
import { OPS_TOKEN, PUBLIC_URL } from './ops-server.fixture.ts';
import type { ProblemAnswer } from './problems/problem.answer.ts';
import { ROUTE_NEEDS, WHO_MAY } from './route-needs.fixture.ts';
import { wordsOf } from './words.ts';

type Who = Role | 'OPS_TOKEN' | 'nobody';

const EVERYBODY: readonly Who[] = [...wordsOf(ROLES), 'OPS_TOKEN', 'nobody'];
const NO_ID = '00000000-0000-0000-0000-000000000000';
/** How a caller without the right is sent away. Everything else, also that there is no such case, means that the guard let the request through. */
const SENT_AWAY = new Set(['token-missing', 'token-wrong', 'session-ended', 'csrf-refused', 'forbidden', 'password-must-change']);

const database = withDatabase();
let bench: OpsBench;
const people = new Map<Role, Person>();

beforeAll(async () => {
  bench = await openBench(database.url);
  for (const role of wordsOf(ROLES)) people.set(role, await addPerson(bench.db, [role]));
});
afterAll(() => bench.close());

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
}

/** Every operation the server documents, with its path filled in. */
function operations(): Operation[] {
  const { paths } = opsDocument(bench.server.app);
  return Object.entries(paths).flatMap(([path, item]) => Object.entries(item as Record<string, { operationId?: string }>).map(([method, { operationId = '' }]) => ({
    id: operationId, method: method.toUpperCase(), path: path.replaceAll(/\{\w+\}/g, NO_ID),
  })));
}

/** Each request has a session of its own: one of the routes ends it. */
async function headersOf(who: Who): Promise<Record<string, string>> {
  if (who === 'nobody') return { origin: PUBLIC_URL };
  if (who === 'OPS_TOKEN') return { authorization: `Bearer ${OPS_TOKEN}` };
  const person = people.get(who);
  if (person === undefined) throw new Error(`nobody is ${who}`);
  const { cookie, csrfToken } = await loggedInAs(bench, person);
  return { cookie, 'x-csrf-token': csrfToken, origin: PUBLIC_URL };
}

/** Whether the guard lets this caller through. The answer's body is read only where it says why not: some answers never end. */
async function isLetThrough({ method, path }: Operation, who: Who): Promise<boolean> {
  const body = method === 'GET' ? {} : { body: '{}' };
  const headers = { ...await headersOf(who), ...(method === 'GET' ? {} : { 'content-type': 'application/json' }) };
  const answer = await fetch(bench.server.url + path, { method, headers, ...body, redirect: 'manual', signal: AbortSignal.timeout(10_000) });
  if (answer.status !== 401 && answer.status !== 403) {
    await answer.body?.cancel();
    return true;
  }
  return !SENT_AWAY.has((await answer.json() as ProblemAnswer).code);
}

function may(who: Who, need: Need): boolean {
  if (need === 'nothing') return true;
  if (who === 'nobody') return false;
  return need === 'login' || WHO_MAY[need].includes(who);
}

describe('the table of routes', () => {
  it('has every route the server documents, and no other', () => {
    expect(Object.keys(ROUTE_NEEDS).sort()).toEqual(operations().map(({ id }) => id).sort());
  });

  it('gives every write to somebody: none is open to whoever may only look, but what is a question', () => {
    const looks = new Set(['searchCasesByIdentity']);
    const open = operations().filter(({ id, method }) => method !== 'GET' && ROUTE_NEEDS[id] === 'see-metadata' && !looks.has(id));
    expect(open).toEqual([]);
  });
});

describe.each(EVERYBODY)('%s', (who) => {
  it('comes through where the table says so, and nowhere else', async () => {
    const wrong: string[] = [];
    for (const operation of operations()) {
      const need = ROUTE_NEEDS[operation.id];
      if (need === undefined) continue;
      const through = await isLetThrough(operation, who);
      if (through !== may(who, need)) wrong.push(`${operation.id} (${need}) ${through ? 'let' : 'did not let'} ${who} through`);
    }
    expect(wrong).toEqual([]);
  });
});
