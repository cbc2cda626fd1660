import { Describe, Secret } from '#runtime';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, IsUrl, Matches, Max, MaxLength, Min, MinLength } from 'class-validator';

const HOUR_MS = 3_600_000;

/** Everything the gateway can be told, read once at start. */
export class GatewayConfig {
  @Describe('RabbitMQ, one address or several of a cluster, separated by commas')
  @IsArray() @Matches(/^amqps?:\/\/\S+$/, { each: true }) @Secret()
  readonly rabbitmqUrl!: string[];

  @Describe('Redis, where timers wait')
  @IsUrl({ protocols: ['redis', 'rediss'], require_tld: false }) @Secret()
  readonly redisUrl!: string;

  @Describe('PostgreSQL, where the ledger is')
  @IsUrl({ protocols: ['postgres', 'postgresql'], require_tld: false }) @Secret()
  readonly databaseUrl!: string;

  @Describe('JSON file with the keys that seal personal data; the same file for every app of a deployment')
  @IsString()
  readonly ledgerKeysFile!: string;

  @Describe('Folder with items.json, halls.json and certificate-types.json in place of the packaged ones')
  @IsOptional() @IsString()
  readonly catalogueDir?: string;

  @Describe('Address to listen on')
  @IsString()
  readonly host: string = '127.0.0.1';

  @Describe('Port of the ops API, health checks and metrics')
  @IsInt() @Min(0) @Max(65_535)
  readonly port: number = 8700;

  @Describe('How much is logged')
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace'])
  readonly logLevel: string = 'info';

  @Describe('Prefix of every key in Redis, so that several deployments can share one')
  @IsString() @MaxLength(64)
  readonly redisPrefix: string = 'jiujin';

  @Describe('Bearer token of the ops API')
  @IsString() @MinLength(32) @Secret()
  readonly opsToken!: string;

  @Describe('Connections to PostgreSQL held at most')
  @IsInt() @Min(4) @Max(200)
  readonly databasePoolSize: number = 12;

  @Describe('Milliseconds one SQL statement may take')
  @IsInt() @Min(500) @Max(600_000)
  readonly databaseStatementTimeoutMs: number = 20_000;

  @Describe('Messages applied in one transaction at most')
  @IsInt() @Min(1) @Max(1000)
  readonly batchSize: number = 200;

  @Describe('Milliseconds the first message of a batch waits for company')
  @IsInt() @Min(0) @Max(1000)
  readonly batchLingerMs: number = 5;

  @Describe('Supplement notices (补正告知) one case may get')
  @IsInt() @Min(0) @Max(99)
  readonly maxSupplementRounds: number = 1;

  @Describe('Whether the centre may ask for supplements after acceptance (受理)')
  @IsBoolean()
  readonly supplementAfterAcceptance: boolean = false;

  @Describe('Milliseconds of the first back-off; it doubles with every attempt, and a random share of it is waited')
  @IsInt() @Min(1) @Max(HOUR_MS)
  readonly retryBaseMs: number = 1_000;

  @Describe('Longest back-off in milliseconds')
  @IsInt() @Min(1) @Max(24 * HOUR_MS)
  readonly retryCapMs: number = 15 * 60_000;

  @Describe('Attempts before a transfer that met a retryable error is failed')
  @IsInt() @Min(1) @Max(1000)
  readonly retryMaxAttempts: number = 60;

  @Describe('Attempts before a transfer that met a technical error is failed')
  @IsInt() @Min(1) @Max(100)
  readonly retryTechnicalMaxAttempts: number = 4;

  @Describe('Longest Retry-After that is honoured, in milliseconds')
  @IsInt() @Min(0) @Max(7 * 24 * HOUR_MS)
  readonly retryAfterCapMs: number = 24 * HOUR_MS;

  @Describe('Milliseconds without a receipt after which a transfer is dispatched again; doubles each time')
  @IsInt() @Min(100) @Max(HOUR_MS)
  readonly receiptPatienceMs: number = 60_000;

  @Describe('Longest such patience in milliseconds')
  @IsInt() @Min(100) @Max(24 * HOUR_MS)
  readonly receiptPatienceCapMs: number = HOUR_MS;

  @Describe('Milliseconds between two sweeps of the ledger')
  @IsInt() @Min(50) @Max(HOUR_MS)
  readonly sweepIntervalMs: number = 5_000;

  @Describe('Milliseconds a due retry may be late before the sweep starts it (its timer was lost)')
  @IsInt() @Min(0) @Max(HOUR_MS)
  readonly retryMarginMs: number = 15_000;

  @Describe('Transfers one sweep takes at most, of each kind')
  @IsInt() @Min(1) @Max(5000)
  readonly sweepBatch: number = 500;

  @Describe('Milliseconds an event may wait for its predecessor before it is reported')
  @IsInt() @Min(1000) @Max(30 * 24 * HOUR_MS)
  readonly parkedPatienceMs: number = 30 * 60_000;
}
