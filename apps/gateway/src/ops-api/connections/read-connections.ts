import { catalogue } from '#contracts';
import type { ConnectionCheck, ConnectionStep, Destination, SigningKeyStatus } from '#contracts';
import { findLastTest, loadConnections } from '../../ledger/connection-rows.ts';
import type { ConnectionTestRow, KnownConnection } from '../../ledger/connection-rows.ts';
import { loadInstances } from '../../ledger/edge-rows.ts';
import { livingAfter } from '../../watch/living-programs.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import type { Reading } from '../ops-ledger.ts';
import { partyZh } from '../words.ts';
import { TEST_STATES } from './connection.answer.ts';
import type { ConnectionAnswer, ConnectionFindingAnswer, ConnectionTestAnswer, PartyKeyAnswer } from './connection.answer.ts';

const STEPS_ZH: Readonly<Record<ConnectionStep, string>> = { address: '查找配置的地址', dns: '解析主机名', tcp: '建立 TCP 连接', tls: 'TLS 握手和证书', http: '带签名的 HEAD 请求' };
/** After so long (ms), nobody answers any more. */
const PATIENCE_MS = 30_000;
const DAY_MS = 24 * 3_600_000;

/** Every endpoint there can be: the centre's, and one for each hall that takes part. */
export function allDestinations(): Destination[] {
  return ['centre', ...catalogue().halls.map(({ code }): Destination => `hall:${code}`)];
}

/** The ways to these endpoints as they are known. `heardSince`: programs heard later than that live. */
export async function readConnections(trx: Reading, destinations: readonly Destination[], heardSince: Date, now: Date): Promise<ConnectionAnswer[]> {
  const known = await loadConnections(trx);
  const keys = livingAfter(await loadInstances(trx), heardSince).flatMap(({ signing_keys: said }) => said ?? []);
  const answers: ConnectionAnswer[] = [];
  for (const destination of destinations) {
    const latest = known.find((one) => one.destination === destination);
    const test = await findLastTest(trx, destination);
    answers.push({
      destination, destinationZh: partyZh(destination), latest: latest === undefined ? null : showFinding(latest, now), lastTest: test === undefined ? null : showTest(test, now),
      signingKeys: keysOf(keys, destination),
    });
  }
  return answers;
}

function showTest(row: ConnectionTestRow, now: Date): ConnectionTestAnswer {
  const state = row.answered_at !== null ? 'answered' : row.age_ms < PATIENCE_MS ? 'waiting' : 'unanswered';
  const finding = row.finding === null ? null : showFinding({ ...row.finding, app: '', instance: row.answered_by ?? '' }, now);
  return { testId: row.id, state, stateZh: TEST_STATES[state], by: row.by_name, askedAt: beijingTime(row.asked_at), finding };
}

function showFinding({ ok, step, code, detailZh, latencyMs, httpStatus, certificateNotAfter, at, instance }: KnownConnection | (ConnectionCheck & { instance: string }), now: Date): ConnectionFindingAnswer {
  const end = certificateNotAfter === null ? null : new Date(certificateNotAfter);
  return {
    ok, step, stepZh: STEPS_ZH[step], code, detailZh, latencyMs, httpStatus, certificateNotAfter: beijingTimeOrNull(end),
    certificateDaysLeft: end === null ? null : Math.floor((end.getTime() - now.getTime()) / DAY_MS), instance, at: beijingTime(new Date(at)),
  };
}

/** Each key once, however many programs have it; the one that ends first comes first. */
function keysOf(all: readonly SigningKeyStatus[], party: Destination): PartyKeyAnswer[] {
  const own = new Map(all.filter((key) => key.party === party).map((key) => [key.keyId, key]));
  return [...own.values()].toSorted((one, other) => (one.notAfter ?? '9').localeCompare(other.notAfter ?? '9'))
    .map(({ keyId, algorithm, notAfter }) => ({ keyId, algorithm, notAfter: notAfter === null ? null : beijingTime(new Date(notAfter)) }));
}
