import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../../test/support/index.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { OpsClient } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { SavedViewChangedAnswer, SavedViewList } from './saved-view.answer.ts';

const database = withDatabase();
let bench: OpsBench;
let one: OpsClient;
let other: OpsClient;
beforeAll(async () => {
  bench = await openBench(database.url);
  [one, other] = [await bench.server.as('viewer'), await bench.server.as('operator')];
});
afterAll(() => bench.close());

const view = (name: string, given: object = {}): object => ({ name, screen: 'cases', query: { q: '厅:410204 状态:失败' }, shared: false, ...given });
const save = <T = SavedViewChangedAnswer>(client: OpsClient, body: object) => client.post<T>('/api/saved-views', body);
const names = async (client: OpsClient): Promise<string[]> => (await client.get<SavedViewList>('/api/saved-views?screen=cases')).body.items.map(({ name }) => name).sort();

describe('saved views', () => {
  it('are their owner\'s alone until they are shared', async () => {
    expect((await save(one, view('我的'))).status).toBe(201);
    const { body: shared } = await save(one, view('大家的', { shared: true }));
    expect(await names(one)).toEqual(['大家的', '我的']);
    expect(await names(other)).toEqual(['大家的']);
    const { body: { items } } = await other.get<SavedViewList>('/api/saved-views');
    expect(items).toEqual([expect.objectContaining({ own: false, query: { q: '厅:410204 状态:失败' } })]);
    const change = { ...view('抢来的'), shared: true };
    expect((await other.send('PUT', `/api/saved-views/${shared.viewId}`, change, { 'if-match': '"1"' })).status).toBe(409);
    expect((await other.send('DELETE', `/api/saved-views/${shared.viewId}`, undefined, { 'if-match': '"1"' })).status).toBe(409);
  });

  it('are changed and deleted only as they were seen', async () => {
    const { body: { viewId }, headers } = await save(one, view('改一改'));
    expect(headers.get('etag')).toBe('"1"');
    const path = `/api/saved-views/${viewId}`;
    expect((await one.send('PUT', path, view('改过了'))).status).toBe(428);
    expect((await one.send<SavedViewChangedAnswer>('PUT', path, view('改过了'), { 'if-match': '"1"' })).body).toMatchObject({ outcome: 'changed', name: '改过了', version: 2 });
    expect((await one.send('PUT', path, view('又改'), { 'if-match': '"1"' })).status).toBe(412);
    expect((await other.send('DELETE', path, undefined, { 'if-match': '"2"' })).status).toBe(404);
    expect((await one.send('DELETE', path, undefined, { 'if-match': '"2"' })).status).toBe(200);
    expect(await names(one)).not.toContain('改过了');
  });

  it.each([
    ['a query that its list does not know', { query: { colour: 'red' } }, 'colour'],
    ['a search text that cannot be read', { query: { q: '颜色:红' } }, 'q'],
    ['a certificate number', { query: { q: '41020419900307151X' } }, 'query.q'],
    ['a certificate number elsewhere', { screen: 'transfers', query: { projectNo: '410204199003071510' } }, 'query.projectNo'],
    ['a place in a list', { query: { cursor: 'abc' } }, 'query.cursor'],
    ['no text', { query: { q: { deep: 1 } } }, 'query.q'],
    ['a name that is none', { name: '<script>' }, 'name'],
    ['a name with a number in it', { name: '张 13800001234' }, 'name'],
    ['a screen that there is not', { screen: 'nowhere' }, 'screen'],
  ])('refuse %s', async (_, given, field) => {
    const { status, body, text } = await save<ProblemAnswer>(one, view('拒绝', given));
    expect([status, body.errors.map((error) => error.field)]).toEqual([422, [field]]);
    expect(text).not.toMatch(/1990030715|13800001234/);
  });

  it('are fifty at most for a person, each name once', async () => {
    const many = await bench.server.as('operator');
    const answers: number[] = [];
    for (let number = 1; number <= 51; number += 1) answers.push((await save(many, view(`第 ${number} 个`))).status);
    expect(answers).toEqual([...Array.from({ length: 50 }, () => 201), 409]);
    expect((await save(one, view('我的'))).status).toBe(409);
  });

  it('belong to people: the token that everybody may use has none', async () => {
    expect((await save(bench.server, view('谁的'))).status).toBe(403);
  });

  it('that others see are on record', async () => {
    const actions = (await bench.db.selectFrom('evidence').select('entry').where('subject_kind', '=', 'saved-view').execute()).map(({ entry }) => JSON.parse(entry) as { action: string });
    expect(actions.map(({ action }) => action)).toEqual(['saved-view.shared']);
  });
});
