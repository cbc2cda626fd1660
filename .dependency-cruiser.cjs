/** Who may import whom. Each rule says why; a broken rule prints its comment. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles', severity: 'error',
      comment: 'Files that import each other in a ring cannot be understood, tested or replaced one by one. Move what both need into a third file.',
      from: {}, to: { circular: true },
    },
    {
      name: 'apps-never-import-apps', severity: 'error',
      comment: 'The programs talk over RabbitMQ and HTTP only: each must start, stop and be replaced without the others. What two of them need lies in libs/.',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/cli/.*\\.int\\.spec\\.ts$' }, to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'bridgectl-speaks-http', severity: 'error',
      comment: 'bridgectl knows the gateway by its ops API alone: only then can it be run from anywhere. Only its tests start the real API, to have something to speak to.',
      from: { path: '^apps/cli/', pathNot: '\\.int\\.spec\\.ts$' }, to: { path: '^(apps|libs|local|test)/', pathNot: '^apps/cli/|^libs/evidence/src/index\\.ts$' },
    },
    {
      name: 'libs-never-import-apps', severity: 'error',
      comment: 'A library serves the programs; if it needs something of a program, that thing belongs into the library.',
      from: { path: '^libs/' }, to: { path: '^apps/' },
    },
    {
      name: 'contracts-stand-alone', severity: 'error',
      comment: 'libs/contracts is what all parts agree on: no other library and no input or output may creep in.',
      from: { path: '^libs/contracts/', pathNot: '\\.spec\\.ts$' }, to: { path: '^(libs/(?!contracts/)|test/|local/)' },
    },
    {
      name: 'contracts-do-no-io', severity: 'error',
      comment: 'libs/contracts holds meaning, not machinery: reading files or the network belongs to the programs and libs/runtime.',
      from: { path: '^libs/contracts/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['core'], path: '^(node:)?(fs|net|http|http2|https|tls|dgram|child_process|worker_threads)(/|$)' },
    },
    {
      name: 'evidence-stands-alone', severity: 'error',
      comment: 'libs/evidence must be able to judge the ledger without it: no server, no other library, nothing but what Node brings for hashing.',
      from: { path: '^libs/evidence/', pathNot: '\\.(spec|fixture)\\.ts$' }, to: { path: '^(libs/(?!evidence/)|apps/|test/|local/|node_modules/)|^(node:)?(fs|net|http|https|child_process)(/|$)' },
    },
    {
      name: 'libs-by-their-index', severity: 'error',
      comment: 'A library has one door, its index.ts (#contracts, #bus, #edge, #runtime, #evidence). Reaching past it ties the caller to the inside.',
      from: { path: '^(apps|libs|test|local)/', pathNot: '^libs/([^/]+)/' }, to: { path: '^libs/[^/]+/', pathNot: '^libs/[^/]+/src/index\\.ts$|\\.json$' },
    },
    {
      name: 'libs-by-their-index-from-libs', severity: 'error',
      comment: 'A library reaches another one by its index.ts too.',
      from: { path: '^libs/([^/]+)/' }, to: { path: '^libs/', pathNot: '^libs/$1/|^libs/[^/]+/src/index\\.ts$|\\.json$' },
    },
    {
      name: 'only-the-bus-speaks-amqp', severity: 'error',
      comment: 'Confirms, settling and reconnecting are decided once, in libs/bus. A second user of amqplib would decide them again.',
      from: { path: '^(apps|libs)/', pathNot: '^libs/bus/|\\.int\\.spec\\.ts$|\\.fixture\\.ts$' }, to: { path: 'node_modules/(amqplib|amqp-connection-manager)/' },
    },
    {
      name: 'only-the-ledger-speaks-sql', severity: 'error',
      comment: 'The ledger is the one place that remembers. Statements elsewhere would go past its rules for sealing and order.',
      from: { path: '^(apps|libs)/', pathNot: '^apps/gateway/src/ledger/|\\.int\\.spec\\.ts$' }, to: { path: 'node_modules/pg/' },
    },
    {
      name: 'only-the-gateway-builds-queries', severity: 'error',
      comment: 'The adapters and libraries hold no business state: only the gateway has a database.',
      from: { path: '^(apps|libs)/', pathNot: '^apps/gateway/' }, to: { path: 'node_modules/kysely/' },
    },
    {
      name: 'simulator-stands-apart', severity: 'error',
      comment: 'The simulator stands in for systems that do not know our code. Sharing code would let a mistake agree with itself.',
      from: { path: '^apps/simulator/' }, to: { path: '^(libs|local|test)/|^apps/(?!simulator/)', pathNot: '\\.json$' },
    },
    {
      name: 'local-stands-apart', severity: 'error',
      comment: 'local/ runs the programs from outside, by their environment and their HTTP doors, and is run by Node as it is: no decorators, so no import of apps/ or libs/.',
      from: { path: '^local/' }, to: { path: '^(apps|libs)/', pathNot: '\\.json$' },
    },
    {
      name: 'production-never-imports-tests', severity: 'error',
      comment: 'What runs at a customer must not need what is only there for tests.',
      from: { path: '^(apps|libs|local)/', pathNot: '\\.(spec|fixture)\\.m?[jt]s$' }, to: { path: '^test/|\\.(spec|fixture)\\.m?[jt]s$' },
    },
    {
      name: 'no-development-packages-in-production', severity: 'error',
      comment: 'A deployment installs without development packages: the programs and libraries must live on `dependencies` alone.',
      from: { path: '^(apps|libs)/', pathNot: '\\.(spec|fixture)\\.m?[jt]s$' }, to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'no-undeclared-packages', severity: 'error',
      comment: 'A package that only happens to be installed, because another one needs it, may be gone tomorrow.',
      from: { path: '^(apps|libs|local|test)/' }, to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'everything-resolves', severity: 'error',
      comment: 'An import that cannot be found would fail at run time.',
      from: {}, to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['source', 'import', 'node', 'default', 'require', 'types'], exportsFields: ['exports'] },
  },
};
