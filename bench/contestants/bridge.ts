import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { signatureHeaders } from '../../apps/simulator/src/signing/sign-request.ts';
import { buildWhenStale } from '../../local/build/build-when-stale.ts';
import { bridgePlans, USUAL_PORTS, type ProgramName } from '../../local/programs/plans.ts';
import { Program } from '../../local/programs/program.ts';
import { prepareSecrets, writeEndpoints, type LocalKeys, type SigningKey } from '../../local/secrets.ts';
import { choosePorts } from '../../local/servers/free-port.ts';
import { CHECKOUT, type Profile } from '../../local/servers/profile.ts';
import type { Aim, Shot } from '../load.ts';
import type { Payload } from '../payloads.ts';
import type { Contestant, Ground } from './contestant.ts';
import { ask1 } from './grounds.ts';

const CATALOGUE = join(CHECKOUT, 'libs/contracts/data');

/** The product as `npm run bridge` runs it: built, with every guarantee on. */
export async function startBridge(profile: Profile, ground: Ground, sinkUrl: string): Promise<Contestant> {
  await buildWhenStale();
  const halls = JSON.parse(readFileSync(join(CATALOGUE, 'halls.json'), 'utf8')) as { code: string }[];
  rmSync(join(profile.secrets, 'ledger-keys.json'), { force: true });
  const secrets = prepareSecrets(profile.secrets, halls.map(({ code }) => code));
  writeEndpoints(secrets, `${sinkUrl}/updates`, sinkUrl);
  const ports = await choosePorts(Object.keys(USUAL_PORTS) as ProgramName[], {});
  const run = { ports, secrets: profile.secrets, records: profile.home, series: null, catalogueDir: CATALOGUE, seed: 1, thinkMs: 0 };
  const servers = { RABBITMQ_URL: ground.rabbitmq, REDIS_URL: ground.redis, DATABASE_URL: ground.database };
  const programs = bridgePlans(run).map((plan) => new Program({ ...plan, env: { ...plan.env, ...servers } }, profile));
  await Promise.all(programs.map((program) => program.launch()));
  await Promise.all(programs.map((program) => program.becomeReady(servers)));
  const { single, batch } = aims(secrets.keys);
  return {
    name: 'bridge', programs, single, batch,
    doors: { hall: `http://127.0.0.1:${ports['district-adapter']}`, centre: `http://127.0.0.1:${ports['centre-adapter']}` },
    atRest: async () => (await ask1(ground.database, `select count(*) as value from transfers where status in ('held', 'in_flight', 'retry_wait', 'failed')`)) === 0,
  };
}

function aims(keys: LocalKeys): { single: Aim; batch: Aim } {
  const keyOf = (appKey: string): SigningKey => {
    const key = appKey === 'bureau' ? keys.bureau : appKey === 'centre' ? keys.centre : keys.halls[appKey.slice('hall-'.length)];
    if (key === undefined) throw new Error(`no key for ${appKey}`);
    return key;
  };
  const shot = (payloads: readonly Payload[], type: string, body: string): Shot => {
    const { appKey = '', target = '' } = payloads[0] ?? {};
    const headers = { 'content-type': type, ...signatureHeaders(appKey, keyOf(appKey), { method: 'POST', target, body }) };
    return { path: target, headers, body, projectNos: payloads.map(({ projectNo }) => projectNo) };
  };
  return {
    single: (payloads) => shot(payloads, 'application/cloudevents+json', payloads[0]?.text ?? ''),
    batch: (payloads) => shot(payloads, 'application/cloudevents-batch+json', `[${payloads.map(({ text }) => text).join(',')}]`),
  };
}
