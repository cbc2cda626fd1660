import type { Destination, ErrorWord } from '#contracts';

/** Whose a failure is to mend (责任方): our own, the receiving hall's, the centre's, or that of who supplied the data. */
export const FAILURE_CLASSES = {
  ours: { zh: '我方', explainZh: '本系统的程序或配置（密钥、地址、证书）有问题，由我方处理' },
  hall: { zh: '区厅', explainZh: '接收方大厅的系统不通或拒收，由该大厅处理' },
  centre: { zh: '中心', explainZh: '中心的系统不通或拒收，由中心处理' },
  data: { zh: '数据', explainZh: '报文内容不合约定，由提供数据的一方更正' },
} as const satisfies Record<string, { zh: string; explainZh: string }>;

export type FailureClass = keyof typeof FAILURE_CLASSES;

/** `receiver`: whoever the destination is. */
type Blame = FailureClass | 'receiver';

/** Error codes whose cause is known. What is not here goes by its error word. */
const BY_CODE: Readonly<Record<string, Blame>> = {
  'not-translatable': 'data',
  'contract-broken': 'data',
  'http-400': 'data',
  'http-422': 'data',
  // Both sides' keys must be one; ours is the one that we can look at, and it is what was refused.
  'http-401': 'ours',
  'http-403': 'ours',
  'http-404': 'ours',
  'http-405': 'ours',
  'http-410': 'ours',
  'http-413': 'ours',
  'http-415': 'ours',
  'endpoint-unknown': 'ours',
  dns: 'ours',
  'tls-untrusted': 'ours',
  'tls-wrong-host': 'ours',
  'tls-failed': 'ours',
  'tls-expired': 'receiver',
  'not-http': 'receiver',
  unreadable: 'ours',
  'order-unreadable': 'ours',
  'kills-its-process': 'ours',
};

const BY_WORD: Readonly<Record<ErrorWord, Blame>> = { retryable: 'receiver', permanent: 'receiver', invalid: 'data', technical: 'ours' };

/** Whose a failure is, by its code, else by its error word; what the receiver is to mend goes by the destination. */
export function failureClass(destination: Destination, errorWord: ErrorWord, errorCode: string | null): FailureClass {
  const code = errorCode?.replace(/^verify-/, '') ?? '';
  const blame = (Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined) ?? BY_WORD[errorWord];
  if (blame !== 'receiver') return blame;
  return destination === 'centre' ? 'centre' : 'hall';
}
