import { createCipheriv, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'amqplib';
import { DEADLY_FIELD } from './deadly-mark.ts';

/** A message that no program of the bridge can do anything with. */
export interface Poison {
  readonly queue: string;
  readonly messageId: string;
  readonly content: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export const QUEUES = ['gateway.intake', 'gateway.outcomes', 'gateway.receipts', 'centre-adapter.work-items', 'district-adapter.completion-updates.410204'];
const CONFIRM_MS = 5_000;

interface KeyFile { readonly active: number; readonly keys: Readonly<Record<string, string>> }

/** Sealed as the bridge seals: AES-256-GCM, twelve random bytes in front, the tag behind, the key's version authenticated. */
function seal(keyFile: string, plain: string): { content: Buffer; version: string } {
  const { active, keys } = JSON.parse(readFileSync(keyFile, 'utf8')) as KeyFile;
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(keys[active] ?? '', 'base64'), iv).setAAD(Buffer.from(`jiujin:key:${active}`));
  return { content: Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]), version: String(active) };
}

/** One of each sort for each queue: garbage, JSON in clear, sealed with a key that nobody has, and well sealed but breaking every contract. */
export function poisons(keyFile: string): Poison[] {
  return QUEUES.flatMap((queue) => {
    const broken = seal(keyFile, JSON.stringify({ hello: 'world', nested: [[[{ deep: null }]]] }));
    const sorts: Record<string, { content: Buffer; headers: Record<string, string> }> = {
      'garbage': { content: randomBytes(300), headers: {} },
      'clear': { content: Buffer.from('{"specversion":"1.0","id":"x"}'), headers: { 'x-key-version': '1' } },
      'unknown-key': { content: randomBytes(300), headers: { 'x-key-version': '99' } },
      'contract-breaking': { content: broken.content, headers: { 'x-key-version': broken.version } },
    };
    return Object.entries(sorts).map(([sort, message]) => ({ queue, messageId: `poison-${sort}-${randomUUID()}`, ...message }));
  });
}

/** A message that ends the process of whoever handles it. */
export function deadlyPoison(keyFile: string, queue: string): Poison {
  const { content, version } = seal(keyFile, JSON.stringify({ [DEADLY_FIELD]: true }));
  return { queue, messageId: `poison-deadly-${randomUUID()}`, content, headers: { 'x-key-version': version } };
}

/** Puts messages on the broker past every door; resolves with the confirm. Rejects when the broker or one of the queues is away. */
export async function putOnBroker(url: string, messages: readonly Poison[]): Promise<void> {
  const connection = await connect(url, { timeout: CONFIRM_MS });
  connection.on('error', () => undefined);
  try {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    for (const { queue } of messages) await channel.checkQueue(queue);
    for (const { queue, messageId, content, headers } of messages) {
      channel.publish('', queue, content, { messageId, type: 'poison', persistent: true, headers: { ...headers } });
    }
    await channel.waitForConfirms();
  } finally {
    await connection.close().catch(() => undefined);
  }
}
