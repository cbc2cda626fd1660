import { EVENT_TYPES } from '../event-types.ts';
import type { EventType } from '../event-types.ts';
import { CloudEventEnvelope } from '../events/envelope.ts';
import { EVENT_DATA } from '../events/event-data.ts';
import type { AnyClass } from '../validation/nested-class.ts';
import { CompletionUpdate } from '../wire/completion-update.ts';
import { WorkItem } from '../wire/work-item.ts';
import { definitionsOf, schemaOfClass } from './class-schema.ts';
import type { JsonSchema } from './class-schema.ts';

/** What the bridge itself sends: 工单 to the centre, 办件进度 to a hall. */
const WIRE_MESSAGES = {
  'work-item': { type: WorkItem, zh: '工单' },
  'completion-update': { type: CompletionUpdate, zh: '办件进度' },
} as const;

export type WireMessage = keyof typeof WIRE_MESSAGES;
export type MessageName = EventType | WireMessage;

/** Every message that has a published schema. */
export const MESSAGE_NAMES: readonly MessageName[] = [...(Object.keys(EVENT_TYPES) as EventType[]), ...(Object.keys(WIRE_MESSAGES) as WireMessage[])];

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const VERSION = '1.0';

/**
 * The JSON Schema (2020-12) of a message, generated from its class. Patterns are meant with the `u` flag. Rules over several fields, check
 * characters and the catalogue are beyond it: what it accepts may still be refused, what it refuses always is.
 */
export function schemaOf(name: MessageName): JsonSchema {
  return isWireMessage(name) ? schemaOfWireMessage(name) : schemaOfEvent(name);
}

const isWireMessage = (name: MessageName): name is WireMessage => Object.hasOwn(WIRE_MESSAGES, name);

const head = (name: MessageName, zh: string): JsonSchema => ({ $schema: DIALECT, $id: `urn:jiujin:schema:${name}:${VERSION}`, title: `${name} ${zh}` });

function schemaOfWireMessage(name: WireMessage): JsonSchema {
  const { type, zh } = WIRE_MESSAGES[name];
  const { [type.name]: own, ...others } = definitionsOf([type]);
  return { ...head(name, zh), ...own, $defs: others };
}

function schemaOfEvent(name: EventType): JsonSchema {
  const data: AnyClass = EVENT_DATA[name];
  const { properties, required, ...envelope } = schemaOfClass(CloudEventEnvelope);
  const always = name.startsWith('permission.') ? required : [...required, 'subject'];
  return {
    ...head(name, EVENT_TYPES[name].zh),
    ...envelope,
    properties: { ...properties, type: { type: 'string', const: name }, data: { $ref: `#/$defs/${data.name}` } },
    required: [...always, 'data'],
    $defs: definitionsOf([data]),
  };
}
