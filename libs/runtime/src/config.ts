import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { validateSync, type ValidationError } from 'class-validator';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { describeConfig, type Setting } from './setting.ts';

type ConfigClass<T extends object> = new () => T;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment once, into one validated object. Each property `rabbitmqUrl` comes from `RABBITMQ_URL`, or from the file that
 * `RABBITMQ_URL_FILE` names; property initialisers are the defaults; other variables are ignored.
 *
 * @throws ConfigError naming every field that cannot be used
 */
export function loadConfig<T extends object>(configClass: ConfigClass<T>, env: Environment = process.env): T {
  const config = new configClass();
  const settings = describeConfig(configClass);
  const given = new Map<string, string>();
  const problems: ConfigProblem[] = [];
  for (const setting of settings) {
    const text = readText(setting, env, problems);
    if (text === undefined) continue;
    given.set(setting.property, text);
    Reflect.set(config, setting.property, convert(setting, text));
  }
  const unreadable = new Set(problems.map(({ field }) => field));
  const broken = validateSync(config, { forbidUnknownValues: false }).filter(({ property }) => !unreadable.has(fileVariable(property, settings)));
  problems.push(...broken.map((error) => problemOf(error, settings, given)));
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function fileVariable(property: string, settings: readonly Setting[]): string {
  return `${settings.find((setting) => setting.property === property)?.variable}_FILE`;
}

function readText(setting: Setting, env: Environment, problems: ConfigProblem[]): string | undefined {
  const { variable } = setting;
  const direct = blankIsAbsent(env[variable]);
  const path = blankIsAbsent(env[`${variable}_FILE`]);
  if (direct !== undefined && path !== undefined) {
    problems.push({ field: `${variable}_FILE`, given: `both ${variable} and ${variable}_FILE`, allowed: 'only one of the two' });
    return undefined;
  }
  if (path === undefined) return direct;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    problems.push({ field: `${variable}_FILE`, given: `${path} (${(error as NodeJS.ErrnoException).code})`, allowed: 'the path of a readable file' });
    return undefined;
  }
}

/** An empty variable is how compose files and service managers say "not set". */
function blankIsAbsent(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

/** Text that does not fit its type stays text, so that validation refuses it and the error shows what was given. */
function convert({ kind }: Setting, text: string): unknown {
  if (kind === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (kind === 'list') return text.split(',').map((item) => item.trim()).filter((item) => item !== '');
  return text;
}

function problemOf(error: ValidationError, settings: readonly Setting[], given: ReadonlyMap<string, string>): ConfigProblem {
  const setting = settings.find(({ property }) => property === error.property);
  const text = given.get(error.property);
  return {
    field: setting?.variable ?? error.property,
    given: text === undefined ? 'nothing' : setting?.secret ? '(secret, not shown)' : `"${maskPassword(text)}"`,
    allowed: setting?.allowed ?? Object.values(error.constraints ?? {}).join(', '),
  };
}

/** Hides user and password of every URL in the text. */
function maskPassword(text: string): string {
  return text.replaceAll(/:\/\/[^/@\s]*@/g, '://***@').slice(0, 200);
}
