import { readFileSync } from 'node:fs';
import 'reflect-metadata';
import { describe, expect, test } from '@jest/globals';
import { transferIdOf, validateEvent, type JiujinEvent, type JiujinEventOf, type WorkItem, type WorkItemKind } from '#contracts';
import { translateWorkItem } from '../../apps/gateway/src/hall-to-centre/translate-work-item.ts';

const page = readFileSync('docs/endpoints.md', 'utf8');

/** The JSON of the one block that carries this mark after its language. */
function block(mark: string): unknown {
  return JSON.parse(new RegExp(`^\`\`\`json ${mark}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? 'null');
}

const example = (type: string): JiujinEvent => JSON.parse(readFileSync(`libs/contracts/examples/${type}.json`, 'utf8')) as JiujinEvent;
const received = example('case.received') as JiujinEventOf<'case.received'>;

function workItem(kind: WorkItemKind, event: JiujinEvent): WorkItem {
  const answer = translateWorkItem({ to: 'centre', kind }, { projectNo: received.subject ?? '', hallCode: '410204', itemCode: received.data.itemCode, receipt: received.data }, event);
  if (!answer.ok) throw new Error(`not translated: ${answer.field}`);
  return answer.payload;
}

describe('the examples of the endpoints page', () => {
  test('show an event of a hall that keeps the contract, as it lies with the schemas', () => {
    const shown = block('event');
    expect(shown).toEqual(example('case.withdrawn'));
    expect(validateEvent(shown, { party: 'hall:410204' })).toMatchObject({ ok: true });
  });

  test('show the work item and the id that the bridge makes of it', () => {
    expect(block('work-item')).toEqual(workItem('withdraw', example('case.withdrawn')));
    expect(page.match(/\btr_[\w-]{27}/g)).toEqual(Array(3).fill(transferIdOf('/halls/410204', 'evt-withdrawn-1', 'centre')));
  });

  test('show the work item that opens a case, shortened only by its materials', () => {
    const item = workItem('open', received);
    const materials = item.application?.materials ?? [];
    expect(materials).toHaveLength(7);
    expect(block('open')).toEqual({ ...item, application: { ...item.application, materials: materials.slice(0, 1) } });
  });
});
