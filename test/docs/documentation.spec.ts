import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import 'reflect-metadata';
import { describe, expect, test } from '@jest/globals';
import { DOOR_CODES } from '#edge';
import { describeConfig } from '#runtime';
import { CentreAdapterConfig } from '../../apps/centre-adapter/src/centre-adapter.config.ts';
import { DistrictAdapterConfig } from '../../apps/district-adapter/src/district-adapter.config.ts';
import { GatewayConfig } from '../../apps/gateway/src/gateway.config.ts';
import { referenceOf } from './configuration-reference.ts';

const REFERENCE = 'docs/configuration.md';
const PAGES = ['access.md', 'alerts.md', 'bridgectl.md', 'channels.md', 'cluster.md', 'edit.md', 'endpoints.md', 'error-model.md', 'evidence.md', 'failures.md', 'glossary.md', 'performance.md', 'reconciliation.md', 'reliability.md', 'replay.md', 'runbook.md', 'scaling.md', 'search.md', 'signing.md', 'traps.md'];
const INTRODUCTION = `# Configuration

Every setting is an environment variable, read once at start. Each can also be read from a file: \`NAME_FILE\` names the file (for secrets, use that).
A wrong setting stops the start and is named, with what was given and what is allowed. Update this page with \`UPDATE_DOCS=1 npm test -- test/docs\`.
`;

const read = (path: string): string => readFileSync(path, 'utf8');

describe('the documentation', () => {
  test('names only files that exist', () => {
    const named = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'README.md', ...PAGES.map((page) => `docs/${page}`)]
      .flatMap((page) => [...read(page).matchAll(/`((?:apps|libs|docs|test|local)\/[\w./-]+)`|\]\(([\w./-]+)\)/g)]
        .map((match) => match[1] ?? (page.startsWith('docs/') ? `docs/${match[2] ?? ''}` : match[2] ?? '')));
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });

  test('lists every setting of every program as the classes have it', () => {
    const generated = [
      INTRODUCTION,
      referenceOf('gateway', describeConfig(GatewayConfig)),
      referenceOf('district-adapter', describeConfig(DistrictAdapterConfig)),
      referenceOf('centre-adapter', describeConfig(CentreAdapterConfig)),
    ].join('\n');
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(REFERENCE, generated);
    expect(read(REFERENCE)).toBe(generated);
  });

  test('explains every setting', () => {
    const silent = [GatewayConfig, DistrictAdapterConfig, CentreAdapterConfig]
      .flatMap((config) => describeConfig(config).filter(({ description }) => description === '').map(({ variable }) => `${config.name}.${variable}`));
    expect(silent).toEqual([]);
  });

  test('lists every code that the door can answer, under its status', () => {
    const rows = read('docs/error-model.md').split('\n');
    const missing = Object.entries(DOOR_CODES)
      .filter(([code, { status }]) => !rows.some((row) => row.startsWith(`| ${status} |`) && row.includes(`\`${code}\``)))
      .map(([code]) => code);
    expect(missing).toEqual([]);
  });

  test('promises only commands that the package has', () => {
    const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts);
    const promised = ['README.md', 'CONTRIBUTING.md'].flatMap((page) => [...read(page).matchAll(/npm (?:run )?(start|test|bridge|build|lint|typecheck|boundaries|unused)\b|npm run (\w+)/g)].map((match) => match[1] ?? match[2] ?? ''));
    expect(promised.filter((name) => !scripts.includes(name))).toEqual([]);
  });
});
