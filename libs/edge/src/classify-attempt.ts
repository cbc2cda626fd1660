import type { ErrorWord } from '#contracts';
import type { Signal } from './judge-circuit.ts';

/** What came of one HTTP attempt: an answer, or the error that took its place. */
export type AttemptResult =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | null }
  /** `sent`: the request had been given to a connection, so the receiver may have acted on it. */
  | { readonly kind: 'broken'; readonly code: string; readonly sent: boolean };

export interface AttemptVerdict {
  readonly outcome: 'delivered' | ErrorWord;
  readonly errorCode: string | null;
  readonly errorDetail: string | null;
  /** What the receiver asked for in `Retry-After`; `null` when it asked for nothing. */
  readonly retryAfterMs: number | null;
}

/** 4xx answers that a later attempt may overcome (RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4). All 5xx join them. */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

/** The receiver cannot push a retry further away than this; a longer wait is a failure that a person should see. */
const MAX_RETRY_AFTER_MS = 24 * 3_600_000;

/** The attempt was broken off because this program stops. */
export const SHUTTING_DOWN = 'shutting-down';

/** Error codes of Node and undici whose cause is known: the receipt's word for it, and what it tells a person. */
const NETWORK_CAUSES: ReadonlyMap<string, { code: string; zh: string }> = new Map(Object.entries({
  ECONNREFUSED: { code: 'connection-refused', zh: '对方拒绝连接' },
  EHOSTUNREACH: { code: 'host-unreachable', zh: '对方主机不可达' },
  ENETUNREACH: { code: 'host-unreachable', zh: '网络不可达' },
  EHOSTDOWN: { code: 'host-unreachable', zh: '对方主机已停机' },
  ENETDOWN: { code: 'host-unreachable', zh: '网络已断开' },
  ENOTFOUND: { code: 'dns', zh: '域名无法解析' },
  EAI_AGAIN: { code: 'dns', zh: '域名解析暂时失败' },
  UND_ERR_CONNECT_TIMEOUT: { code: 'timeout', zh: '连接超时' },
  ETIMEDOUT: { code: 'timeout', zh: '网络超时' },
  UND_ERR_HEADERS_TIMEOUT: { code: 'timeout', zh: '等待应答超时' },
  UND_ERR_BODY_TIMEOUT: { code: 'timeout', zh: '读取应答超时' },
  'attempt-timeout': { code: 'timeout', zh: '投递总时限已到' },
  ECONNRESET: { code: 'reset', zh: '连接被对方重置' },
  EPIPE: { code: 'reset', zh: '连接被对方关闭' },
  UND_ERR_SOCKET: { code: 'reset', zh: '连接被对方关闭' },
  UND_ERR_CLOSED: { code: SHUTTING_DOWN, zh: '适配器正在停止' },
  UND_ERR_DESTROYED: { code: SHUTTING_DOWN, zh: '适配器正在停止' },
  HTTPParserError: { code: 'not-http', zh: '对方的应答不是 HTTP' },
  CERT_HAS_EXPIRED: { code: 'tls-expired', zh: '对方的 TLS 证书已过期：请对方更换证书' },
  CERT_NOT_YET_VALID: { code: 'tls-expired', zh: '对方的 TLS 证书尚未生效：请核对两边的时钟和证书' },
  ERR_TLS_CERT_ALTNAME_INVALID: { code: 'tls-wrong-host', zh: '对方的 TLS 证书不是发给这个主机名的：请核对接收地址和证书' },
  HOSTNAME_MISMATCH: { code: 'tls-wrong-host', zh: '对方的 TLS 证书不是发给这个主机名的：请核对接收地址和证书' },
  EPROTO: { code: 'tls-failed', zh: 'TLS 握手失败：请核对地址是 http 还是 https，以及两边支持的协议版本' },
  ...Object.fromEntries([
    'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'CERT_UNTRUSTED', 'CERT_REJECTED', 'CERT_REVOKED', 'CERT_CHAIN_TOO_LONG', 'CERT_SIGNATURE_FAILURE', 'INVALID_CA', 'INVALID_PURPOSE', 'PATH_LENGTH_EXCEEDED',
  ].map((code) => [code, { code: 'tls-untrusted', zh: '对方的 TLS 证书不受信任：请以 NODE_EXTRA_CA_CERTS 指定签发它的根证书' }])),
}));

/** Families of codes, of which each member means the same to us. */
const FAMILIES = [['HPE_', 'HTTPParserError'], ['ERR_SSL_', 'EPROTO'], ['ERR_TLS_', 'EPROTO']] as const;

/** Causes for which it matters whether the receiver may have acted already. */
const UNCERTAIN_CAUSES: ReadonlySet<string> = new Set(['timeout', 'reset']);

function causeOf(code: string): { code: string; zh: string } | undefined {
  return NETWORK_CAUSES.get(code) ?? NETWORK_CAUSES.get(FAMILIES.find(([prefix]) => code.startsWith(prefix))?.[1] ?? '');
}

/** What an attempt says of the endpoint rather than of the transfer: what its circuit goes by. */
export function signalOf(result: AttemptResult): Signal {
  if (result.kind === 'answered') {
    if (result.status >= 500) return 'refused';
    return result.status === 429 ? 'throttled' : 'alive';
  }
  const cause = causeOf(result.code);
  return cause === undefined || cause.code === SHUTTING_DOWN ? 'none' : 'unreachable';
}

/** Says what an attempt was, in the four error words of docs/error-model.md. `now` is needed for a `Retry-After` date. */
export function classifyAttempt(result: AttemptResult, now: number): AttemptVerdict {
  return result.kind === 'answered' ? classifyStatus(result.status, result.retryAfter, now) : classifyNetworkError(result.code, result.sent);
}

function classifyStatus(status: number, retryAfter: string | null, now: number): AttemptVerdict {
  if (status >= 200 && status < 300) return { outcome: 'delivered', errorCode: null, errorDetail: null, retryAfterMs: null };
  const retryable = status >= 500 || RETRYABLE_STATUSES.has(status);
  return {
    outcome: retryable ? 'retryable' : 'permanent',
    errorCode: `http-${status}`,
    // Never a word of the answer's body: the receiver may have put the request's data into it.
    errorDetail: `对方应答 HTTP ${status}`,
    retryAfterMs: retryable ? parseRetryAfter(retryAfter, now) : null,
  };
}

function classifyNetworkError(code: string, sent: boolean): AttemptVerdict {
  const cause = causeOf(code);
  if (cause === undefined) {
    return { outcome: 'technical', errorCode: 'unknown', errorDetail: `未归类的错误 ${code.slice(0, 100)}`, retryAfterMs: null };
  }
  const uncertain = UNCERTAIN_CAUSES.has(cause.code);
  const moment = sent ? 'after-send' : 'before-send';
  const known = sent ? '请求可能已送达' : '请求未发出';
  return {
    outcome: 'retryable',
    errorCode: uncertain ? `${cause.code}-${moment}` : cause.code,
    errorDetail: uncertain ? `${cause.zh}（${known}）` : cause.zh,
    retryAfterMs: null,
  };
}

/** `Retry-After` as seconds or an HTTP date (RFC 9110 §10.2.3) in milliseconds from now, at most a day; `null` when it is neither. */
export function parseRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  const text = value.trim();
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : readHttpDate(text) - now;
  return Number.isNaN(wait) ? null : Math.min(Math.max(0, wait), MAX_RETRY_AFTER_MS);
}

function readHttpDate(text: string): number {
  return /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text) ? Date.parse(text) : Number.NaN;
}
