import { availableParallelism } from 'node:os';

const swc = {
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
    experimental: { keepImportAttributes: true },
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

/** Every project runs the sources as they are: no build is needed for a test. */
const base = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', swc] },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.jiujin/'],
};

/** RabbitMQ, Redis and PostgreSQL are started only when a suite of such a project runs. */
const withServers = {
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};

const CODE = '<rootDir>/{apps,libs,local,bench,test/support,test/docs,test/chaos}/**';
const SERVERS = '\\.int\\.spec\\.ts$';
const CHAOS = '\\.(chaos|mishap)\\.spec\\.ts$';

export default {
  projects: [
    { ...base, displayName: 'unit', testMatch: [`${CODE}/*.spec.ts`], testPathIgnorePatterns: [SERVERS, CHAOS] },
    { ...base, ...withServers, displayName: 'integration', testMatch: [`${CODE}/*.int.spec.ts`] },
    { ...base, ...withServers, displayName: 'journeys', testMatch: ['<rootDir>/test/journeys/**/*.spec.ts'] },
    // What goes wrong here is bad enough for a suite of its own, but nothing is measured so closely that others could not use the machine meanwhile.
    { ...base, ...withServers, displayName: 'mishaps', testMatch: ['<rootDir>/test/chaos/**/*.mishap.spec.ts'] },
    // Each needs the machine for itself, and what it kills is its own: `npm test` runs them one by one, after all others.
    { ...base, ...withServers, displayName: 'chaos', testMatch: ['<rootDir>/test/chaos/**/*.chaos.spec.ts'] },
  ],
  // The last resort: each wait inside a test has a deadline of its own, which says what it waited for. On a machine that stalls they add up.
  testTimeout: 180_000,
  // Most suites wait for servers: two of them side by side pay off on the smallest machine too.
  maxWorkers: Math.max(2, availableParallelism() - 1),
};
