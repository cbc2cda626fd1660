import 'reflect-metadata';
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { promtool } from '../support/promtool.ts';

const RULES = 'monitoring/alert-rules.yml';
const text = readFileSync(RULES, 'utf8');
/** What Prometheus itself says of each target. */
const OF_PROMETHEUS = ['up'];

/** Every metric that a program declares, by name. */
function declaredMetrics(): Set<string> {
  const files = globSync('{apps,libs}/*/src/**/*.ts', { exclude: ['**/*.spec.ts', '**/*.fixture.ts'] });
  return new Set(files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/name: '(jiujin_\w+)'/g)].map(([, name = '']) => name)));
}

/** As a forge makes the address of a heading: lower case, no punctuation, hyphens for spaces. */
function anchorOf(heading: string): string {
  return heading.trim().toLowerCase().replace(/[^\p{L}\p{N}\s-]/gu, '').replace(/\s/g, '-');
}

describe('the alert rules for Prometheus', () => {
  test('are accepted by promtool', async () => {
    expect(await promtool('check', 'rules', RULES)).toMatch(/SUCCESS: \d\d rules found/);
  }, 180_000);

  test('do with given figures what they promise', async () => {
    expect(await promtool('test', 'rules', 'monitoring/alert-rules.test.yml')).toContain('SUCCESS');
  }, 180_000);

  test('come with a scrape configuration that promtool accepts', async () => {
    expect(await promtool('check', 'config', '--syntax-only', 'monitoring/prometheus.example.yml')).toContain('SUCCESS');
  }, 180_000);

  test('name only metrics that a program has', () => {
    const expressions = [...text.matchAll(/^ {8}expr: (.*(?:\n {10,}.*)*)/gm)].map(([, expression = '']) => expression);
    const named = new Set(expressions.flatMap((expression) => expression.match(/\bjiujin_\w+/g) ?? []));
    const declared = declaredMetrics();
    expect(named.size).toBeGreaterThan(15);
    expect([...named].filter((name) => !declared.has(name) && !OF_PROMETHEUS.includes(name))).toEqual([]);
  });

  test('each say in Chinese what it is, and lead to a section of the runbook', () => {
    const anchors = new Set([...readFileSync('docs/runbook.md', 'utf8').matchAll(/^#{2,3} (.+)$/gm)].map(([, heading = '']) => `docs/runbook.md#${anchorOf(heading)}`));
    const rules = text.split(/^ {6}- alert: /m).slice(1);
    const faulty = rules.filter((rule) => {
      const runbook = /runbook: (\S+)/.exec(rule)?.[1] ?? '';
      return !anchors.has(runbook) || !/summary: .*[\u4e00-\u9fff]/.test(rule) || !/description: .*[\u4e00-\u9fff]/.test(rule);
    });
    expect(rules.length).toBeGreaterThan(10);
    expect(faulty.map((rule) => rule.split('\n')[0])).toEqual([]);
  });
});
