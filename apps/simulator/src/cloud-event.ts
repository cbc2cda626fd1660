import { hash } from 'node:crypto';

export interface Operator {
  readonly id: string;
  readonly name: string;
  readonly orgName?: string;
}

/** What stands in the envelope besides the constants. */
export interface EventParts {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly dataVersion: number;
  readonly sequence: number | null;
  /** 拨测. */
  readonly canary?: true;
  readonly data: object;
}

/** RFC 3339 in Beijing time, with milliseconds. */
export function instant(at: number): string {
  return new Date(at + 28_800_000).toISOString().replace('Z', '+08:00');
}

/** An event as CloudEvents 1.0, structured JSON. The same parts always give the same text: a repeated event is the same to the byte. */
export function eventText(parts: EventParts): string {
  return JSON.stringify({
    specversion: '1.0', id: parts.id, source: parts.source, type: parts.type,
    ...(parts.subject === undefined ? {} : { subject: parts.subject }),
    time: instant(parts.at), datacontenttype: 'application/json', schemaversion: '1.0', dataversion: parts.dataVersion,
    ...(parts.sequence === null ? {} : { sequence: parts.sequence }),
    ...(parts.canary === undefined ? {} : { canary: parts.canary }),
    traceparent: `00-${hash('md5', parts.id, 'hex')}-${hash('md5', `${parts.source}${parts.id}`, 'hex').slice(0, 16)}-01`,
    data: parts.data,
  });
}
