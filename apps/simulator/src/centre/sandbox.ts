import { eventText, instant } from '../cloud-event.ts';
import { FaultSwitch } from '../http/fault-switch.ts';
import { sentLine } from '../http/sandbox.ts';
import { Sender } from '../http/sender.ts';
import type { Parcel, SenderParts } from '../http/sender.ts';
import type { RecordFile } from '../record/record-file.ts';
import { now } from '../record/record-lines.ts';
import type { EffectLine, SendingLine } from '../record/record-lines.ts';

const DAY_MS = 86_400_000;
const OPERATOR = { id: 'centre-sandbox', name: '测试拨测', orgName: '市住房公积金管理中心' };

/** What the sandbox says of every canary: accepted, and completed at once. */
const OUTCOMES = [
  { type: 'case.accepted', mark: 'a', data: (at: number) => ({ operator: OPERATOR, acceptedAt: instant(at), promise: { value: 1, unit: 'workday', dueAt: instant(at + DAY_MS) } }) },
  {
    type: 'case.completed', mark: 'c',
    data: (at: number) => ({
      operator: OPERATOR, result: { code: 'APPROVED', description: '拨测', completedAt: instant(at), completedBy: OPERATOR.name },
      decision: { approved: true, decidedAt: instant(at), decidedBy: OPERATOR.name },
    }),
  },
] as const;

/** The event of one outcome of a canary, marked as what it is. */
export function canaryParcel(projectNo: string, place: number, at: number): Parcel {
  const { type, mark, data } = OUTCOMES[place] ?? OUTCOMES[0];
  const line: SendingLine = {
    k: 'sending', n: 0, id: `${projectNo}.${mark}`, source: '/centre', type, projectNo, step: mark, sequence: place + 1, dataVersion: 1, input: {}, facts: {}, at,
  };
  return { line, appKey: 'centre', target: '/v1/outcome-events', text: eventText({ ...line, subject: projectNo, canary: true, data: data(at) }) };
}

/** The centre's sandbox branch (拨测): answers each canary with its outcomes, opens no case and remembers nothing. */
export class Sandbox {
  readonly #sender: Sender;
  readonly #record: RecordFile;

  constructor(parts: Pick<SenderParts, 'bridgeUrl' | 'keys'>, record: RecordFile) {
    this.#sender = new Sender({ ...parts, concurrency: 4, faults: new FaultSwitch() });
    this.#record = record;
  }

  onWorkItem(effect: EffectLine): void {
    // Only a stop ends the sending early; the next canary is on its way then anyway.
    if (effect.kind === 'open') void this.#answer(effect.projectNo).catch(() => undefined);
  }

  close(): Promise<void> {
    return this.#sender.close();
  }

  async #answer(projectNo: string): Promise<void> {
    for (const place of OUTCOMES.keys()) {
      const [answer] = await this.#sender.send([canaryParcel(projectNo, place, now())]);
      if (answer === undefined) return;
      await this.#record.write(sentLine({ key: answer.id, projectNo, kind: OUTCOMES[place]?.type ?? null, status: answer.status }));
      if (answer.status !== 202) return;
    }
  }
}
