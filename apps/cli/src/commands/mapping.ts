import { plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { valuesAt } from './values-at.ts';
import { showView } from './show.ts';
import type { AddCommand, Tools } from './tools.ts';

interface MappedField {
  readonly target: string;
  readonly zh: string;
  readonly sources: readonly string[];
  readonly way: string;
  readonly wayZh: string;
  readonly edited: boolean;
}

interface Mapping {
  readonly transferId: string;
  readonly transferKindZh: string;
  readonly translatable: boolean;
  readonly fields: readonly MappedField[];
}

/** What came in and what goes out, masked. */
interface Bodies {
  readonly event: unknown;
  readonly payload: unknown;
}

interface Seen extends Bodies {
  readonly mapping: Mapping;
}

/** Which field of a transfer is made from which (字段对照), and on demand the values of both sides. */
export const addMapping: AddCommand = (program, run) => program.command(
  'mapping <transfer>', '字段对照：报文的每个字段由事件或办件的哪个字段而来；--values 连同两边的值', (command) => command
    .positional('transfer', { describe: '投递编号（tr_…）', type: 'string', demandOption: true })
    .option('values', { describe: '两边的值（已脱敏）；查看报文留痕', type: 'boolean' }),
  run((tools, { transfer, values }) => (values === true
    ? showView<Seen>(tools, { ask: () => lookAtBoth(tools, transfer), show: ({ mapping, ...bodies }) => mappingText(mapping, bodies, tools.out) })
    : showView<Mapping>(tools, { ask: () => lookAt(tools, transfer), show: (mapping) => mappingText(mapping, null, tools.out) }))),
);

function lookAt({ api }: Tools, transfer: string): Promise<Mapping> {
  return api.get<Mapping>(`/api/transfers/${encodeURIComponent(transfer)}/mapping`);
}

type CausedBy = { readonly projectNo: string; readonly causedByEventId: string; readonly causedByType: string };
type TimelineEntry = { readonly kind: string; readonly eventId?: string; readonly type?: string; readonly seq?: number };

async function lookAtBoth(tools: Tools, transfer: string): Promise<Seen> {
  const { api } = tools;
  const mapping = await lookAt(tools, transfer);
  const cause = await api.get<CausedBy>(`/api/transfers/${encodeURIComponent(transfer)}`);
  const { timeline } = await api.get<{ timeline: readonly TimelineEntry[] }>(`/api/cases/${encodeURIComponent(cause.projectNo)}`);
  const seq = causeIn(timeline, cause);
  const event = seq === undefined ? null : (await api.get<{ body: unknown }>(`/api/events/${seq}/body`)).body;
  // What could never be translated carries nothing.
  const payload = mapping.translatable ? (await api.get<{ body: unknown }>(`/api/transfers/${encodeURIComponent(transfer)}/body`)).body : null;
  return { mapping, event, payload };
}

/** The number of the event that caused a transfer. Each sender counts its events by itself: where two are called the same, neither is shown for the other. */
function causeIn(timeline: readonly TimelineEntry[], { causedByEventId, causedByType }: CausedBy): number | undefined {
  const [one, another] = timeline.filter(({ kind, eventId, type }) => kind === 'event' && eventId === causedByEventId && type === causedByType);
  return another === undefined ? one?.seq : undefined;
}

/** Side by side: where it comes from, and where it goes. */
export function mappingText({ transferId, transferKindZh, translatable, fields }: Mapping, bodies: Bodies | null, out: Output): string {
  const title = `${plain(transferId)}（${plain(transferKindZh)}）`;
  if (!translatable) return `${title}\n${out.paint('bad', '按现在的数据和目录不能转换，没有对照；原因见 bridgectl edit form。')}`;
  const came = bodies === null ? [] : ['报来的值'];
  const goes = bodies === null ? [] : ['发出的值'];
  const rows = fields.map((one) => [
    one.sources.map(plain).join('、') || '-', ...(bodies === null ? [] : [cameOf(one, bodies.event)]), wayOf(one, out),
    plain(one.target), plain(one.zh), ...(bodies === null ? [] : [valuesAt(bodies.payload, one.target)]),
  ]);
  return `${title}\n${out.table(['由来', ...came, '怎样', '报文中的字段', '名称', ...goes], rows)}`;
}

function wayOf({ way, wayZh, edited }: MappedField, out: Output): string {
  const text = way === 'same' ? plain(wayZh) : out.paint('warn', plain(wayZh));
  return edited ? `${text}，${out.paint('bad', '已更正')}` : text;
}

/** Values of the event that came. What the case now reads (`receipt.`) came with it too, unless the hall said it another time. */
function cameOf({ sources }: MappedField, event: unknown): string {
  const places = sources.map((source) => (source.startsWith('event.') ? source.slice('event.'.length) : source.replace(/^receipt\./, 'data.')));
  return places.map((place) => valuesAt(event, place)).filter((text) => text !== '-').join('、') || '-';
}
