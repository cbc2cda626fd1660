import type { Catalogue } from '../catalogue.ts';
import { eventText } from '../cloud-event.ts';
import type { Sender } from '../http/sender.ts';
import type { RecordFile } from '../record/record-file.ts';
import type { SendingLine } from '../record/record-lines.ts';
import { rosterData } from './clerks.ts';

export type RosterState = 'loading' | 'loaded' | 'refused';

/**
 * The bureau's grants (收件权限), sent before the first case and again at every start: the same ids and bodies each time,
 * so sending them to a bridge that has them changes nothing.
 */
export async function loadRoster(catalogue: Catalogue, sender: Sender, record: RecordFile): Promise<RosterState> {
  const parcels = rosterData(catalogue).map(({ id, at, data }) => {
    const line: SendingLine = {
      k: 'sending', n: 0, id, source: '/bureau', type: 'permission.granted', projectNo: null, step: 'grant',
      sequence: null, dataVersion: 1, input: {}, facts: {}, at,
    };
    return { line, appKey: 'bureau', target: '/v1/bureau/events', text: eventText({ ...line, data }) };
  });
  await record.write(...parcels.map((parcel) => parcel.line));
  const answers = await Promise.all(parcels.map((parcel) => sender.send([parcel])));
  await record.write(...answers.flat());
  return answers.flat().every((answer) => answer.status === 202) ? 'loaded' : 'refused';
}
