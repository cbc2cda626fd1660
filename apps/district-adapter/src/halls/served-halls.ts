import type { Catalogue } from '#contracts';
import type { Endpoints, KeyBook } from '#edge';
import { ConfigError } from '#runtime';

/** The halls this process serves: those that are configured, or all of the catalogue. @throws ConfigError for a hall the catalogue does not know */
export function servedHalls(configured: readonly string[], catalogue: Catalogue): string[] {
  const known = catalogue.halls.map(({ code }) => code);
  const strangers = configured.filter((code) => !known.includes(code));
  if (strangers.length > 0) {
    throw new ConfigError([{ field: 'HALL_CODES', given: strangers.join(', '), allowed: known.join(', ') }]);
  }
  return configured.length > 0 ? [...configured] : known;
}

/**
 * The endpoints of these halls alone: several processes may share one file. A process reports a circuit for each of its endpoints, and
 * whoever reports one is expected to consume that hall's queue.
 */
export function endpointsOf(halls: readonly string[], endpoints: Endpoints): Endpoints {
  return new Map([...endpoints].filter(([destination]) => halls.some((code) => destination === `hall:${code}`)));
}

/** What is missing for a hall to take part in both directions, in the operator's words. Not an error: halls join one by one. */
export function missingParts(halls: readonly string[], keys: KeyBook, endpoints: Endpoints): string[] {
  return halls.flatMap((code) => [
    ...(keys.has(`hall-${code}`) ? [] : [`大厅 ${code} 没有签名密钥（INGRESS_KEYS_FILE 的 hall-${code}）：该大厅送不进事件`]),
    ...(endpoints.has(`hall:${code}`) ? [] : [`大厅 ${code} 没有接收地址（ENDPOINTS_FILE 的 hall:${code}）：办件进度送不到该大厅`]),
  ]);
}
