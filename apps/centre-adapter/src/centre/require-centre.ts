import type { Endpoints, KeyBook } from '#edge';
import { ConfigError, type ConfigProblem } from '#runtime';

/** There is one centre: an adapter without its key or its address could do nothing. @throws ConfigError naming what is missing */
export function requireCentre(keys: KeyBook, endpoints: Endpoints): void {
  const problems: ConfigProblem[] = [];
  if (!keys.has('centre')) problems.push({ field: 'INGRESS_KEYS_FILE centre', given: 'nothing', allowed: 'a list of at least one key' });
  if (!endpoints.has('centre')) problems.push({ field: 'ENDPOINTS_FILE centre', given: 'nothing', allowed: 'an object with url and signing' });
  if (problems.length > 0) throw new ConfigError(problems);
}
