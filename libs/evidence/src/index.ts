export { GENESIS, linkHash, type ChainPlace, type EvidenceEntry } from './chain.ts';
export { beginLine, endLine, entryLine, type ExportTotals, type StoredEntry } from './export-lines.ts';
export { RangeDigest, readRange, rowLine, type MessageRow, type MessageTable, type SealedRange } from './message-rows.ts';
export { EVIDENCE_PROBLEMS, type EvidenceProblem, type EvidenceProblemCode } from './problems.ts';
export { type EvidenceReport, type Expectations } from './report.ts';
export { verifyEvidence } from './verify-evidence.ts';
