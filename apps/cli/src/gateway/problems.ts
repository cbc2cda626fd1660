import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';

/** Problem details of the ops API (RFC 9457), as far as they are shown. */
export interface ProblemDetails {
  readonly status: number;
  readonly code: string;
  readonly titleZh: string;
  readonly detailZh: string;
  readonly errors: readonly { readonly field: string; readonly zh: string }[];
  readonly traceId: string;
}

/** Anything that ends a command with a sentence for the person and a code for the script. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;
  /** What to do about it. */
  readonly advice: string | undefined;

  constructor(message: string, exitCode: ExitCode = EXIT.error, advice?: string) {
    super(message);
    this.exitCode = exitCode;
    this.advice = advice;
  }
}

/** The command line is not as it must be. */
export class UsageError extends CommandError {
  constructor(message: string, advice?: string) {
    super(message, EXIT.usage, advice);
  }
}

/** The gateway answered that it will not, or cannot. */
export class ApiProblem extends CommandError {
  readonly problem: ProblemDetails;

  constructor(problem: ProblemDetails) {
    super(sentenceOf(problem), exitCodeOf(problem.status), adviceOn(problem));
    this.problem = problem;
  }
}

/** There is no gateway at the address, or it does not answer in time. */
export class UnreachableError extends CommandError {
  constructor(url: string, reason: string) {
    super(`连不上网关 ${url}：${reason}`, EXIT.error, '请确认网关在运行（/health/live），地址用 --url 或 BRIDGECTL_URL 指定。');
  }
}

/** Ctrl-C. */
export class InterruptedError extends CommandError {
  constructor(message = '已中断') {
    super(message, EXIT.interrupted);
  }
}

/** Reads problem details out of whatever came with a refusal: a proxy in between may answer with a page of its own. */
export function problemOf(status: number, body: unknown): ProblemDetails {
  const given = typeof body === 'object' && body !== null ? (body as Partial<ProblemDetails>) : {};
  return {
    status, code: given.code ?? `http-${status}`, titleZh: given.titleZh ?? `网关答复 HTTP ${status}`, detailZh: given.detailZh ?? '',
    errors: Array.isArray(given.errors) ? given.errors : [], traceId: given.traceId ?? '',
  };
}

function sentenceOf({ titleZh, detailZh, errors, code }: ProblemDetails): string {
  const fields = errors.map(({ field, zh }) => `\n  ${field}：${zh}`).join('');
  return `${titleZh}${detailZh === '' ? '' : `：${detailZh}`}（${code}）${fields}`;
}

function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.forbidden;
  return status === 422 ? EXIT.usage : EXIT.error;
}

const ADVICE: Readonly<Record<string, string>> = {
  'token-missing': '运行 bridgectl login，或用 --token-file、BRIDGECTL_TOKEN_FILE 指定令牌文件。',
  'token-wrong': '令牌已过期、已撤销或不属于此网关：运行 bridgectl login 重新登录。',
  'token-unconfirmed': '用统一身份认证登录一次（浏览器打开网关的 /api/session/oidc，或 bridgectl login --oidc），令牌随即恢复有效。',
  forbidden: '用有此权限的账号运行 bridgectl login；登录所得令牌的权限见 bridgectl login --help。',
  'changed-meanwhile': '请看过现在的情况再运行一次。',
  'route-unknown': '此网关没有这个接口，可能比 bridgectl 旧：请升级网关。',
  'too-slow': '请缩小范围（大厅、时间段）后再试。',
  'ledger-unavailable': '几秒后再试；一直如此，运行 bridgectl doctor。',
};

function adviceOn({ code, status, traceId }: ProblemDetails): string | undefined {
  if (status >= 500 && ADVICE[code] === undefined) return `网关出错：请把链路标识 ${traceId || '（无）'} 交给开发人员。`;
  return ADVICE[code];
}
