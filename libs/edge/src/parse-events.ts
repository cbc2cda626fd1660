import { DoorError } from './door-error.ts';

/** The media types the door takes, and whether each carries one event or a batch (CloudEvents JSON format §3 and §4). */
export const MEDIA_TYPES: ReadonlyMap<string, 'one' | 'batch'> = new Map([
  ['application/cloudevents+json', 'one'],
  ['application/json', 'one'],
  ['application/cloudevents-batch+json', 'batch'],
]);

export interface ParsedEvents {
  readonly form: 'one' | 'batch';
  /** Each is some JSON value; whether it is a CloudEvent is judged one by one. */
  readonly events: readonly unknown[];
}

/** Reads the body by its media type. Throws `unsupported-media-type`, `not-json`, `not-a-cloudevent` (a batch that is no array), `empty-batch` or `too-large`. */
export function parseEvents(contentType: string | undefined, body: Buffer, maxBatch: number): ParsedEvents {
  const form = MEDIA_TYPES.get(mediaTypeOf(contentType));
  if (form === undefined) throw new DoorError('unsupported-media-type');
  const value = parseJson(body);
  if (form === 'one') return { form, events: [value] };
  if (!Array.isArray(value)) {
    throw new DoorError('not-a-cloudevent', { en: 'A batch is a JSON array of CloudEvents', zh: '批次必须是由 CloudEvent 组成的 JSON 数组' });
  }
  if (value.length === 0) throw new DoorError('empty-batch');
  if (value.length > maxBatch) {
    throw new DoorError('too-large', { en: `A batch holds at most ${maxBatch} events`, zh: `一个批次最多 ${maxBatch} 个事件` });
  }
  return { form, events: value };
}

function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function parseJson(body: Buffer): unknown {
  try {
    // A fatal decoder: broken UTF-8 would otherwise turn into replacement characters inside somebody's name.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new DoorError('not-json', { en: 'The body is not JSON in UTF-8', zh: '请求体不是 UTF-8 编码的 JSON' });
  }
}
