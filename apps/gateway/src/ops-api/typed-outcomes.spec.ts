import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

interface Operation { readonly operationId: string; readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: { readonly $ref?: string } }>> }>> }
interface Schema { readonly required?: readonly string[] }

const api = JSON.parse(readFileSync(new URL('openapi.json', import.meta.url), 'utf8')) as { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>; readonly components: { readonly schemas: Readonly<Record<string, Schema>> } };
/** Asked by POST because what is asked must not stand in an address: they do nothing. */
const QUESTIONS: ReadonlySet<string> = new Set(['searchCasesByIdentity', 'checkTransferEdit']);
const commands = Object.values(api.paths).flatMap((routes) => Object.entries(routes))
  .filter(([method, { operationId }]) => ['post', 'put', 'patch', 'delete'].includes(method) && !QUESTIONS.has(operationId)).map(([, operation]) => operation);

function answerOf({ responses }: Operation): Schema {
  const [, done] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? [];
  return api.components.schemas[done?.content?.['application/json']?.schema.$ref?.split('/').at(-1) ?? ''] ?? {};
}

describe('every command of the ops API', () => {
  it.each(commands.map((operation) => [operation.operationId, operation] as const))('answers with what came of it, as a word and in Chinese: %s', (_id, operation) => {
    expect(answerOf(operation).required ?? []).toEqual(expect.arrayContaining(['outcome', 'outcomeZh']));
  });
});
