import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { signatureHeaders } from '../../apps/simulator/src/signing/sign-request.ts';
import { buildWhenStale } from '../../local/build/build-when-stale.ts';
import { bridgePlans, USUAL_PORTS, type BridgeProgram, type ProgramName } from '../../local/programs/plans.ts';
import { Program } from '../../local/programs/program.ts';
import { prepareSecrets, writeEndpoints, type LocalKeys, type SigningKey } from '../../local/secrets.ts';
import { choosePorts } from '../../local/servers/free-port.ts';
import { CHECKOUT, type Profile } from '../../local/servers/profile.ts';
import type { Aim, Shot } from '../load.ts';
import type { Payload } from '../payloads.ts';
import type { Side } from '../sink.ts';
import type { BridgeContestant, Ground } from './contestant.ts';
import { ask1, MADE_FAILURE } from './grounds.ts';

const CATALOGUE = join(CHECKOUT, 'libs/contracts/data');

/** The product as `npm run bridge` runs it: built, with every guarantee on. It is launched, but not ready before {@link BridgeContestant.start}. */
export async function prepareBridge(
  profile: Profile, ground: Ground, sinkUrls: Readonly<Record<Side, string>>, nodeArgsOf: (name: string) => readonly string[] = () => [],
): Promise<BridgeContestant> {
  await buildWhenStale();
  const halls = JSON.parse(readFileSync(join(CATALOGUE, 'halls.json'), 'utf8')) as { code: string }[];
  const secrets = prepareSecrets(profile.secrets, halls.map(({ code }) => code));
  writeEndpoints(secrets, sinkUrls.halls, sinkUrls.centre);
  const ports = await choosePorts(Object.keys(USUAL_PORTS) as ProgramName[], {});
  const run = { ports, secrets: profile.secrets, records: profile.home, series: null, catalogueDir: CATALOGUE, seed: 1, thinkMs: 0 };
  const servers = { RABBITMQ_URL: ground.rabbitmq, REDIS_URL: ground.redis, DATABASE_URL: ground.database };
  // Without the warming up of a local start: here, as in a deployment, the servers are there before the programs.
  const programs = bridgePlans(run).map(({ warmUp: _, ...plan }) => new Program({
    ...plan, nodeArgs: [...(plan.nodeArgs ?? []), ...nodeArgsOf(plan.name)], env: { ...plan.env, ...servers },
  }, profile));
  const url = (name: BridgeProgram): string => `http://127.0.0.1:${ports[name]}`;
  return {
    name: 'bridge', programs, ...aims(secrets.keys), database: ground.database,
    doors: { hall: url('district-adapter'), centre: url('centre-adapter') },
    ops: { url: url('gateway'), token: readFileSync(join(profile.secrets, 'ops-token'), 'utf8').trim() },
    indexKey: indexKeyIn(join(profile.secrets, 'ledger-keys.json')),
    unsettled: () => ask1(ground.database, `select count(*) as value from transfers where status in ('held', 'in_flight', 'retry_wait') or (status = 'failed' and error_code is distinct from '${MADE_FAILURE}')`),
    start: async () => {
      await Promise.all(programs.map((program) => program.launch()));
      await Promise.all(programs.map((program) => program.becomeReady({})));
    },
    stop: async () => { await Promise.all(programs.map((program) => program.stop())); },
  };
}

function indexKeyIn(file: string): Buffer {
  return Buffer.from((JSON.parse(readFileSync(file, 'utf8')) as { index: string }).index, 'base64');
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
