import { catalogue } from '../catalogue/catalogue.ts';
import { EVENT_TYPES } from '../event-types.ts';
import type { EventType, Party } from '../event-types.ts';
import { CloudEventEnvelope } from '../events/envelope.ts';
import { EVENT_DATA } from '../events/event-data.ts';
import type { JiujinEvent } from '../events/event-data.ts';
import type { FieldProblem } from '../wire/door-refusal.ts';
import { checkShape, isPlainObject, problemAt } from './check-shape.ts';
import type { RuleText } from './field-rules.ts';
import { passesShape } from './passes-shape.ts';
import { canaryProblems } from './rules/canary.ts';
import { EVENT_RULES } from './rules/event-rules.ts';
import { isSound } from './rules/rule.ts';
import type { Rule } from './rules/rule.ts';

/** An answer lists at most this many problems; a sender that mends these learns of the rest. */
export const MAX_PROBLEMS = 100;

export type ValidatedEvent =
  | { readonly ok: true; readonly event: JiujinEvent }
  | { readonly ok: false; readonly kind: 'not-a-cloudevent' | 'contract-broken'; readonly problems: readonly FieldProblem[] };

/** The attributes without which CloudEvents 1.0 (§3.1) does not call it an event. */
const CLOUD_EVENT_ATTRIBUTES = ['specversion', 'id', 'source', 'type'] as const;

const CLOUD_EVENT_TEXT: RuleText = { rule: 'cloudevents', zh: 'CloudEvents 1.0 要求的属性：非空字符串', en: 'is an attribute that CloudEvents 1.0 requires, as a non-empty string' };
const VERSION_TEXT: RuleText = { rule: 'cloudevents', zh: '只支持 CloudEvents 1.0', en: 'must be CloudEvents 1.0' };
const SUBJECT_TEXT: RuleText = { rule: 'required', zh: '必填：办件编号', en: 'is required: the project number of the case' };

/**
 * Judges one event as it was parsed from JSON: first whether it is a CloudEvent at all, then every field of the contract, at once.
 * Problems name the field by its path (`data.applicant.certNo`) and the rule in Chinese and English, and never repeat a value.
 * Whether the sender may say it is not judged here: the signature proves `party`, and the door compares.
 */
export function validateEvent(input: unknown, context: { readonly party: Party }): ValidatedEvent {
  const missing = notACloudEvent(input);
  if (missing.length > 0 || !isPlainObject(input)) return { ok: false, kind: 'not-a-cloudevent', problems: missing };
  const problems = contractProblems(input, context.party);
  if (problems.length > 0) return { ok: false, kind: 'contract-broken', problems: problems.slice(0, MAX_PROBLEMS) };
  return { ok: true, event: input as unknown as JiujinEvent };
}

function notACloudEvent(input: unknown): FieldProblem[] {
  if (!isPlainObject(input)) return [problemAt('', { rule: 'object', zh: '应为 JSON 对象', en: 'must be a JSON object' })];
  const missing = CLOUD_EVENT_ATTRIBUTES.filter((name) => typeof input[name] !== 'string' || input[name] === '').map((name) => problemAt(name, CLOUD_EVENT_TEXT));
  if (missing.length > 0 || input['specversion'] === '1.0') return missing;
  return [problemAt('specversion', VERSION_TEXT)];
}

function contractProblems(input: Record<string, unknown>, party: Party): FieldProblem[] {
  const problems = attributeProblems(input);
  const type = input['type'];
  if (!isEventType(type)) return problems;
  if (input['subject'] === undefined && belongsToACase(type)) problems.push(problemAt('subject', SUBJECT_TEXT));
  return [...problems, ...canaryProblems(input, party), ...dataProblems(type, input['data'], party)];
}

function attributeProblems(input: Record<string, unknown>): FieldProblem[] {
  if (passesShape(CloudEventEnvelope, input, 'data')) return [];
  const { data: _data, ...attributes } = input;
  return checkShape(CloudEventEnvelope, attributes, '');
}

const isEventType = (type: unknown): type is EventType => typeof type === 'string' && Object.hasOwn(EVENT_TYPES, type);
const belongsToACase = (type: EventType): boolean => !type.startsWith('permission.');

function dataProblems(type: EventType, data: unknown, party: Party): FieldProblem[] {
  if (!isPlainObject(data)) return checkShape(EVENT_DATA[type], data, 'data');
  const broken = checkShape(EVENT_DATA[type], data, '');
  const around = { catalogue: catalogue(), party };
  const problems = [...broken];
  for (const { needs, check } of (EVENT_RULES[type] ?? []) as readonly Rule<unknown>[]) {
    if (needs.every((field) => isSound(field, broken))) problems.push(...check(data, around));
  }
  return problems.map((found) => ({ ...found, field: `data.${found.field}` }));
}
