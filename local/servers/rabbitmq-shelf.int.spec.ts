import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { needsOf, shelveRabbit } from './rabbitmq-shelf.ts';

describe('the shelf from which RabbitMQ starts faster', () => {
  let folder: string;
  let server: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jiujin-shelf-'));
    server = join(folder, 'installed/sbin/rabbitmq-server');
    mkdirSync(dirname(server), { recursive: true });
    writeFileSync(server, '');
    plugin('rabbit-1.0', 'rabbit', '{application, rabbit, [{applications, [kernel, ranch]}]}.');
    plugin('ranch-2.0', 'ranch', '{application, ranch, [{applications, [kernel]}]}.');
    plugin('other-1.0', 'other', '{application, other, []}.');
  });
  afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

  function plugin(name: string, module: string, app: string): void {
    const ebin = join(folder, 'installed/plugins', name, 'ebin');
    mkdirSync(ebin, { recursive: true });
    writeFileSync(join(ebin, `${module}.beam`), '');
    writeFileSync(join(ebin, `${module}.app`), app);
  }

  const shelve = () => {
    const shelf = shelveRabbit(server, join(folder, 'shelves'));
    if (shelf === null) throw new Error('Erlang is not installed');
    return shelf;
  };

  it('holds the plugins that are on and what they need, with all their modules in one folder', () => {
    const { plugins, modules } = shelve();
    expect(readdirSync(plugins).sort()).toEqual(['rabbit-1.0', 'ranch-2.0']);
    expect(realpathSync(join(modules, 'ranch.beam'))).toBe(realpathSync(join(folder, 'installed/plugins/ranch-2.0/ebin/ranch.beam')));
    expect(existsSync(join(modules, 'gen_server.beam')) || existsSync(join(modules, 'inet.beam'))).toBe(true);
    expect(existsSync(join(modules, 'other.beam'))).toBe(false);
  });

  it('is made once for what is installed, and made anew when that changes', () => {
    const first = shelve();
    const madeAt = statSync(first.modules).ctimeMs;
    expect(statSync(shelve().modules).ctimeMs).toBe(madeAt);
    plugin('ranch-2.1', 'ranch_more', '{application, ranch, []}.');
    expect(shelve().modules).not.toBe(first.modules);
    expect(readdirSync(join(folder, 'shelves'))).toHaveLength(2);
  });

  it('reads the needs of an application from its description', () => {
    expect(needsOf(join(folder, 'installed/plugins/rabbit-1.0/ebin/rabbit.app'))).toEqual(['kernel', 'ranch']);
  });
});
