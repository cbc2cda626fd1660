import { readFileSync } from 'node:fs';
import type { EventType, Party } from '../event-types.ts';
import type { FieldProblem } from '../wire/door-refusal.ts';
import { validateEvent } from './validate-event.ts';

/** An event as it comes from JSON: nothing is known of its fields. */
export type AnyEvent = Record<string, unknown> & { type: string; source: string; data: Record<string, unknown> };

const FOLDER = new URL('../../examples/', import.meta.url);

/** A fresh copy of the published example of one event type. */
export function example(type: EventType): AnyEvent {
  return JSON.parse(readFileSync(new URL(`${type}.json`, FOLDER), 'utf8')) as AnyEvent;
}

/** The party that the event's source stands for. */
export function partyOf({ source }: { source: string }): Party {
  return source.startsWith('/halls/') ? `hall:${source.slice('/halls/'.length)}` : (source.slice(1) as Party);
}

/** The event with the field at `path` (`data.materials.0.sm3`) set to `value`; `undefined` takes the field away. */
export function change(event: AnyEvent, path: string, value: unknown): AnyEvent {
  const changed = structuredClone(event);
  const names = path.split('.');
  const last = names.pop() ?? '';
  const holder = names.reduce<Record<string, unknown>>((object, name) => object[name] as Record<string, unknown>, changed);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return JSON.parse(JSON.stringify(changed)) as AnyEvent;
}

/** What is wrong with the event, when its own source sends it; empty when it is valid. */
export function problemsOf(event: AnyEvent): readonly FieldProblem[] {
  const judged = validateEvent(event, { party: partyOf(event) });
  return judged.ok ? [] : judged.problems;
}

/** The problems as `field: rule`. */
export const namesOf = (problems: readonly FieldProblem[]): string[] => problems.map(({ field, rule }) => `${field}: ${rule}`);
