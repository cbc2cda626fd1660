/** Everything the ops API answers with when it cannot answer: the code is stable, the titles are for people. */
export const PROBLEMS = {
  'not-json': { status: 400, title: 'The body is not JSON', titleZh: '请求体不是 JSON' },
  'request-broken': { status: 400, title: 'The request cannot be understood', titleZh: '无法理解该请求' },
  'token-missing': { status: 401, title: 'A bearer token is needed', titleZh: '需要访问令牌' },
  'token-wrong': { status: 401, title: 'The bearer token is wrong', titleZh: '访问令牌不正确' },
  forbidden: { status: 403, title: 'You do not have the right', titleZh: '没有权限' },
  'case-unknown': { status: 404, title: 'No such case', titleZh: '没有这个办件' },
  'route-unknown': { status: 404, title: 'No such address', titleZh: '没有这个地址' },
  'too-large': { status: 413, title: 'The body is too large', titleZh: '请求体过大' },
  'unsupported-media-type': { status: 415, title: 'The body must be application/json', titleZh: '请求体须为 application/json' },
  'query-broken': { status: 422, title: 'Some parameters are not as they must be', titleZh: '参数不合要求' },
  internal: { status: 500, title: 'The gateway failed', titleZh: '网关内部错误' },
  'ledger-unavailable': { status: 503, title: 'The ledger does not answer', titleZh: '台账数据库暂时无法访问' },
  'too-slow': { status: 503, title: 'The question took too long', titleZh: '查询超时' },
} as const satisfies Record<string, { status: number; title: string; titleZh: string }>;

export type ProblemCode = keyof typeof PROBLEMS;
