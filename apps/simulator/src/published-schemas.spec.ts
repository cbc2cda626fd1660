import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readCatalogue } from './catalogue.ts';
import { openCase } from './centre/centre-case.ts';
import * as centreCase from './centre/centre-case.ts';
import { parcelOf as outcomeParcel, sendingLine as outcomeLine } from './centre/outcomes.ts';
import { canaryParcel } from './centre/sandbox.ts';
import { schemaCheck } from './http/schema-check.ts';
import { rosterData } from './platform/clerks.ts';
import { beginCase, noteSending } from './platform/hall-case.ts';
import type { HallStep } from './platform/hall-case.ts';
import { parcelOf, sendingLine } from './platform/hall-events.ts';
import { itemOf } from './platform/receipt.ts';
import type { EffectLine } from './record/record-lines.ts';
import { FLOWS } from './scenario/flows.ts';
import type { FlowName } from './scenario/flows.ts';
import { projectNoOf, scenarioOf } from './scenario/scenario-of.ts';

const SCHEMAS = 'libs/contracts/schemas';
const catalogue = readCatalogue('libs/contracts/data');
const AT = Date.parse('2026-11-22T10:00:00.123+08:00');
const asked = { no: 1, items: [{ materialCode: 'ID_SELF', name: '申请人有效身份证件', problem: '不清晰' }] };
const checks = new Map<string, (body: unknown) => readonly string[]>();

/** The faults of an event by the schema that is published for its type. */
function faultsOf(text: string): readonly string[] {
  const event = JSON.parse(text) as { type: string };
  const check = checks.get(event.type) ?? schemaCheck(SCHEMAS, `${event.type}.schema.json`);
  checks.set(event.type, check);
  return check(event);
}

function hallEvent(index: number, step: HallStep): string {
  const projectNo = projectNoOf('410204', 7, 'abc', index);
  const one = beginCase(projectNo, '410204', scenarioOf(7, projectNo), AT);
  const received = sendingLine(catalogue, one, 'receive', {}, AT, 1);
  noteSending(one, received);
  return parcelOf(catalogue, one, step === 'receive' ? received : sendingLine(catalogue, one, step, asked, AT, 2)).text;
}

function outcomes(flow: FlowName): string[] {
  const projectNo = projectNoOf('410204', 7, 'abc', 5, flow);
  const effect = { k: 'effect', n: 1, key: 'k', projectNo, hall: null, kind: 'open', updateSequence: null, digest: '', at: AT, facts: { known: asked.items } } as EffectLine;
  const one = openCase(effect, scenarioOf(7, projectNo));
  return one.scenario.centreSteps.flatMap((step, place) => {
    if (step.startsWith('await')) return [];
    const line = outcomeLine(one, step, place, AT, place);
    centreCase.noteSending(one, line);
    return [outcomeParcel(one, line).text];
  });
}

describe('what the halls send', () => {
  it('covers every item in every round of as many cases as there are items', () => {
    const codes = catalogue.items.map((_, index) => itemOf(catalogue, scenarioOf(7, projectNoOf('410204', 7, 'abc', index))).code);
    expect(new Set(codes)).toEqual(new Set(catalogue.items.map((item) => item.code)));
  });

  it('follows the published schema for every item, over many cases', () => {
    const faults = Array.from({ length: 280 }, (_, index) => faultsOf(hallEvent(index, 'receive'))).flat();
    expect(faults).toEqual([]);
  });

  it('brings every required material of the item, and one of each group of which one is required', () => {
    for (let index = 0; index < 280; index += 1) {
      const { data } = JSON.parse(hallEvent(index, 'receive')) as { data: { itemCode: string; materials: { materialCode: string }[] } };
      const taken = new Set(data.materials.map((material) => material.materialCode));
      const item = catalogue.items.find((one) => one.code === data.itemCode);
      const groups = [...(item?.materialsAtLeastOneOf ?? []).map(({ anyOf }) => anyOf), ...(item?.materials ?? []).filter((one) => one.required).map((one) => [one.materialCode])];
      expect(groups.filter((group) => !group.some((code) => taken.has(code)))).toEqual([]);
    }
  });

  it.each(['correct', 'submit', 'withdraw', 'void', 'takePaper', 'handOverPaper'] as const)('follows the published schema when it has to %s', (step) => {
    expect(Array.from({ length: 28 }, (_, index) => faultsOf(hallEvent(index, step))).flat()).toEqual([]);
  });

  it('follows the published schema when a clerk is given a permission for one case, and loses it', () => {
    const projectNo = projectNoOf('410204', 7, 'abc', 3);
    const one = beginCase(projectNo, '410204', scenarioOf(7, projectNo), AT, { newClerk: true });
    expect(one.todo.slice(0, 3).map(({ step }) => step)).toEqual(['grant', 'receive', 'revoke']);
    const texts = one.todo.slice(0, 3).map(({ step, input }, place) => parcelOf(catalogue, one, sendingLine(catalogue, one, step, input, AT + place * 10, place)).text);
    expect(texts.flatMap(faultsOf)).toEqual([]);
    const events = texts.map((text) => JSON.parse(text) as { source: string; subject?: string; data: object });
    expect(events.map(({ source, subject }) => [source, subject])).toEqual([['/bureau', undefined], ['/halls/410204', projectNo], ['/bureau', undefined]]);
    const { code } = itemOf(catalogue, one.scenario);
    expect(events.map(({ data }) => data)).toMatchObject([
      { grantId: `G-new-${projectNo}`, userId: `new-${projectNo}`, itemCodes: [code], validFrom: '2026-11-22T10:00:00.123+08:00' },
      { operator: { id: `new-${projectNo}` }, itemCode: code, receivedAt: '2026-11-22T10:00:00.133+08:00' },
      { grantId: `G-new-${projectNo}`, revokedAt: '2026-11-22T10:00:00.143+08:00' },
    ]);
  });

  it('is the same text each time it is built, so that a repeated event is no other event', () => {
    expect(hallEvent(3, 'receive')).toBe(hallEvent(3, 'receive'));
  });

  it('says something new in a correction', () => {
    for (let index = 0; index < 28; index += 1) {
      const { data: first } = JSON.parse(hallEvent(index, 'receive')) as { data: { operator?: object } };
      const { data: later } = JSON.parse(hallEvent(index, 'correct')) as { data: { receipt: object } };
      delete first.operator;
      expect(later.receipt).not.toEqual(first);
    }
  });
});

describe('what the bureau sends before the first case', () => {
  it('grants every item to the clerks of every hall, by the published schema', () => {
    const check = schemaCheck(SCHEMAS, 'permission.granted.schema.json');
    const envelope = { specversion: '1.0', id: 'g', source: '/bureau', type: 'permission.granted', time: '2023-12-01T00:00:00+08:00', schemaversion: '1.0' };
    const roster = rosterData(catalogue);
    expect(roster.flatMap(({ data }) => check({ ...envelope, data }))).toEqual([]);
    const halls = catalogue.halls.map((hall) => hall.code);
    const granted = roster.map(({ data }) => data as { hallCode: string; userId: string });
    expect(new Set(granted.map(({ hallCode }) => hallCode))).toEqual(new Set(halls));
    expect(granted.filter(({ userId }) => userId === 'jiujin-canary').map(({ hallCode }) => hallCode)).toEqual(halls);
  });
});

describe('what the centre sends', () => {
  it.each(Object.keys(FLOWS) as FlowName[])('follows the published schema in the flow %s', (flow) => {
    expect(outcomes(flow).flatMap(faultsOf)).toEqual([]);
  });

  it('follows the published schema in the sandbox, where every outcome says that it is a canary', () => {
    const texts = [0, 1].map((place) => canaryParcel('CANARY-410204-1', place, AT).text);
    expect(texts.flatMap(faultsOf)).toEqual([]);
    expect(texts.map((text) => JSON.parse(text) as object)).toMatchObject([{ type: 'case.accepted', canary: true, sequence: 1 }, { type: 'case.completed', canary: true, sequence: 2 }]);
  });

  it('is numbered without a gap, and a correction carries a higher data version', () => {
    const events = outcomes('completionCorrected').map((text) => JSON.parse(text) as { sequence: number; dataversion: number });
    expect(events.map((event) => event.sequence)).toEqual([1, 2, 3, 4, 5]);
    expect(events.map((event) => event.dataversion)).toEqual([1, 1, 1, 1, 2]);
  });
});

describe('the simulators', () => {
  it('share no code with the bridge: they import no library of it', () => {
    const sources = ['program.ts', 'platform/platform-program.ts', 'centre/centre-program.ts', 'platform/hall-events.ts', 'centre/outcomes.ts'];
    for (const source of sources) expect(readFileSync(`apps/simulator/src/${source}`, 'utf8')).not.toMatch(/from '#|\.\.\/\.\.\/\.\.\//);
  });
});
