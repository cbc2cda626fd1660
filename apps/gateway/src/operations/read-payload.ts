import { payloadProblems } from '#contracts';
import type { FieldProblem } from '#contracts';
import type { KeyRing } from '#runtime';
import type { ReplayFacts } from '../ledger/operation-transfer-rows.ts';
import { openJson } from '../ledger/sealed-json.ts';

const NO_PAYLOAD: FieldProblem = { field: '', rule: 'no-payload', zh: '没有可投递的报文（未能转换），须先更正', en: 'carries nothing: it could not be translated and must be mended first' };
const SEALED: FieldProblem = { field: '', rule: 'unreadable', zh: '报文无法解封：密钥不在密钥环中', en: 'cannot be opened: its key is not on the ring' };

/** Why what a transfer carries cannot be delivered by today's contract; nothing when it can. */
export function problemsOfPayload({ destination, sealed, key_version: version }: Pick<ReplayFacts, 'destination' | 'sealed' | 'key_version'>, keys: KeyRing): FieldProblem[] {
  if (sealed === null || version === null) return [NO_PAYLOAD];
  try {
    return payloadProblems(destination, openJson<unknown>(keys, { sealed, key_version: version }));
  } catch {
    return [SEALED];
  }
}
