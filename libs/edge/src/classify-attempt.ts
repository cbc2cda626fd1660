import type { ErrorWord } from '#contracts';

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

/** Error codes of Node and undici whose cause is known: the receipt's word for it, and what it tells a person. */
const NETWORK_CAUSES: ReadonlyMap<string, { code: string; zh: string }> = new Map(Object.entries({
  ECONNREFUSED: { code: 'connection-refused', zh: '对方拒绝连接' },
  EHOSTUNREACH: { code: 'host-unreachable', zh: '对方主机不可达' },
  ENETUNREACH: { code: 'host-unreachable', zh: '网络不可达' },
  EHOSTDOWN: { code: 'host-unreachable', zh: '对方主机已停机' },
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
  UND_ERR_CLOSED: { code: 'shutting-down', zh: '适配器正在停止' },
  UND_ERR_DESTROYED: { code: 'shutting-down', zh: '适配器正在停止' },
  HTTPParserError: { code: 'not-http', zh: '对方的应答不是 HTTP' },
}));

/** Causes for which it matters whether the receiver may have acted already. */
const UNCERTAIN_CAUSES: ReadonlySet<string> = new Set(['timeout', 'reset']);

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
  // llhttp names each way in which an answer is not HTTP; to us they are one.
  const cause = NETWORK_CAUSES.get(code.startsWith('HPE_') ? 'HTTPParserError' : code);
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
