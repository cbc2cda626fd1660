export { GENESIS, linkHash, type ChainPlace, type EvidenceEntry } from './chain.ts';
export { beginCaseLine, CASE_EXPORTED, CaseLines, isCaseExport, proofLine } from './case-lines.ts';
export { beginLine, endLine, entryLine, type ExportTotals, type StoredEntry } from './export-lines.ts';
export { RangeDigest, readRange, rowLine, type MessageRow, type MessageTable, type SealedRange } from './message-rows.ts';
export { EVIDENCE_PROBLEMS, type EvidenceProblem, type EvidenceProblemCode } from './problems.ts';
export { type CaseEvidenceReport, type EvidenceReport, type Expectations } from './report.ts';
export { leafHash, pathOf, treeOf } from './row-tree.ts';
export { verifyCaseEvidence } from './verify-case-evidence.ts';
export { verifyEvidence } from './verify-evidence.ts';
