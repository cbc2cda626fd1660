/** What a verification can find (核验发现的问题). */
export const EVIDENCE_PROBLEMS = {
  unreadable: { zh: '这一行不是证据导出的内容，或被改动过', en: 'this line is no line of an export, or was changed' },
  format: { zh: '导出文件的格式不对，或开头缺失', en: 'the export has another form, or its beginning is missing' },
  gap: { zh: '记录缺失：编号不连续', en: 'entries are missing: the numbers leave a gap' },
  order: { zh: '记录重复，或次序被改动', en: 'an entry or row comes twice or out of order' },
  link: { zh: '链条断开：与前一条记录的哈希不符', en: 'the link is broken: this is not the hash of the entry before' },
  hash: { zh: '记录被改动：内容与哈希不符', en: 'the entry was changed: its text does not have its hash' },
  columns: { zh: '检索列与记录原文不一致', en: 'the columns beside the entry do not say what it says' },
  range: { zh: '消息封存的范围不连续', en: 'the ranges of sealed messages leave a gap or overlap' },
  rows: { zh: '该记录所封存的消息被改动、删除或增加', en: 'rows that this entry covers were changed, removed or added' },
  end: { zh: '导出文件不完整：结尾缺失或与内容不符', en: 'the export is cut off, or does not hold what its last line says' },
  head: { zh: '与另行记下的链头不符', en: 'the chain does not lead to the place that was noted elsewhere' },
  start: { zh: '不是从另行记下的位置接续的', en: 'the export does not go on from the place that was noted elsewhere' },
  whole: { zh: '与导出时记在链上的摘要不符：有行被改动、删去、增加或换了次序', en: 'this is not what the entry of the export says was given: lines were changed, removed, added or moved' },
  place: { zh: '所给的整段导出中没有这条记录，或哈希不同', en: 'the export of the chain does not have this entry, or has another one in its place' },
} as const satisfies Record<string, { zh: string; en: string }>;

export type EvidenceProblemCode = keyof typeof EVIDENCE_PROBLEMS;

/** One thing that is wrong with an export. */
export interface EvidenceProblem {
  readonly code: EvidenceProblemCode;
  /** Number of the line, from 1; one more than there are for what is missing at the end. */
  readonly line: number;
  /** The entry it is about, as far as that is known. */
  readonly seq: number | null;
  readonly zh: string;
  readonly en: string;
}
