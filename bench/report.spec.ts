import { describe, expect, it } from '@jest/globals';
import { hostname } from 'node:os';
import { chartsOf } from './chart.ts';
import { nothingMeasured, type Measured } from './measured.ts';
import { readBenchOptions } from './options.ts';
import { figuresOf, paperOf } from './report.ts';
import { tablesOf } from './table.ts';

const NOW = new Date('2026-11-23T01:02:03Z');
const answering = (p99: number): { p50: number; p99: number; asked: number; failed: number } => ({ p50: 1, p99, asked: 100, failed: 0 });

function somethingMeasured(): Measured {
  const measured = nothingMeasured();
  measured.throughput.single.bridge.push(900, 1000, 1100);
  measured.throughput.single.bare.push(1000, 1000, 1000);
  measured.throughput.single.template.push(450, 500, 550);
  measured.latency.latency200.bridge.push({ p50: 5, p99: 9 }, { p50: 7, p99: 30 }, { p50: 6, p99: 11 });
  measured.drains.push({ perSecond: 1500, noticedMs: 400, doubled: 0, residentMiB: { before: {}, waiting: {}, after: {} } });
  measured.restarts.push(2500);
  measured.ledger = {
    leftOut: ['no room for 10M transfers'],
    sizes: [
      { size: 'empty', throughput: [1000], bare: [1000], filled: null },
      { size: '10k', throughput: [950], bare: [1000], filled: { bytesPerTransfer: 6000, searches: { 'newest cases': answering(4), refusals: answering(40) }, timeline: answering(7) } },
    ],
  };
  measured.memory = { 'gateway': 150, 'district-adapter': 140, 'centre-adapter': 130, 'bare-hub': 90 };
  return measured;
}

describe('the object that --json ends with', () => {
  it('has exactly the agreed fields, measured or not', () => {
    for (const measured of [nothingMeasured(), somethingMeasured()]) {
      const figures = figuresOf(measured);
      expect(Object.keys(figures)).toEqual([
        'single', 'batch', 'both', 'latency200', 'latencyQuarter', 'ledger', 'drain', 'restartToFirstDeliveryMs', 'coldStartMs', 'replay', 'rssMaxMiB',
      ]);
      for (const name of ['single', 'batch', 'both', 'latency200', 'latencyQuarter'] as const) expect(Object.keys(figures[name])).toEqual(['bridge', 'bare', 'template']);
      expect(Object.keys(figures.drain)).toEqual(['perSecond', 'vsSaturation']);
      expect(Object.keys(figures.rssMaxMiB)).toEqual(['gateway', 'districtAdapter', 'centreAdapter']);
    }
  });

  it('says the median with the least and the most beside it', () => {
    expect(figuresOf(somethingMeasured())).toMatchObject({
      single: { bridge: { median: 1000, min: 900, max: 1100 } },
      latency200: { bridge: { p50: { median: 6, min: 5, max: 7 }, p99: { median: 11, min: 9, max: 30 } }, bare: { p50: null, p99: null } },
      restartToFirstDeliveryMs: { median: 2500, min: 2500, max: 2500 },
      coldStartMs: null,
      rssMaxMiB: { gateway: 150, districtAdapter: 140, centreAdapter: 130 },
    });
  });

  it('measures the drain against saturation', () => {
    expect(figuresOf(somethingMeasured()).drain.vsSaturation).toEqual({ median: 1.5, min: 1.5, max: 1.5 });
  });

  it('tells the slowest kind of search at each size of the ledger, and leaves out the empty one', () => {
    expect(figuresOf(somethingMeasured()).ledger).toEqual({
      '10k': { throughput: { median: 950, min: 950, max: 950 }, searchP99Ms: 40, timelineP99Ms: 7, bytesPerTransfer: 6000 },
    });
  });

  it('survives JSON: what was not measured is null and no missing number', () => {
    expect(JSON.parse(JSON.stringify(figuresOf(nothingMeasured())))).toEqual(figuresOf(nothingMeasured()));
  });
});

describe('the kept result', () => {
  const paper = paperOf(somethingMeasured(), readBenchOptions([]), NOW);

  it('says when and on what machine, and not its name', () => {
    expect(paper.at).toBe('2026-11-23T01:02:03.000Z');
    expect(paper.machine.cores).toBeGreaterThan(0);
    expect(JSON.stringify(Object.values(paper.machine))).not.toContain(`"${hostname()}"`);
  });

  it('compares the bridge round by round', () => {
    expect(paper.ratios.singleToBare).toEqual({ median: 1, min: 0.9, max: 1.1 });
    expect(paper.ratios.singleToTemplate).toEqual({ median: 2, min: 2, max: 2 });
    expect(paper.ratios.ledgerToBare).toEqual({ 'empty': { median: 1, min: 1, max: 1 }, '10k': { median: 0.95, min: 0.95, max: 0.95 } });
  });

  it('is shown as tables without a row for what was not measured', () => {
    const text = tablesOf(paper);
    for (const part of ['single events', '1000 (900 – 1100)', '2026-11-23', '10k', 'no room for 10M transfers', 'gateway 150']) expect(text).toContain(part);
    expect(text).not.toContain('batches of 100');
    expect(text).not.toContain('cold start');
  });

  it('becomes charts that say when and on what, and none of what was not measured', () => {
    const charts = chartsOf(paper);
    expect(Object.keys(charts)).toEqual(['throughput', 'latency', 'ledger', 'queries']);
    for (const svg of Object.values(charts)) {
      expect(svg).toContain('2026-11-23');
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
    expect(chartsOf(paperOf(nothingMeasured(), readBenchOptions([]), NOW))).toEqual({});
  });
});
