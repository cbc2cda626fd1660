import type { CaseAnswer } from '../cases/case.answer.ts';
import type { OperationItemAnswer } from '../operations/operation.answer.ts';
import type { TransferAnswer } from '../transfers/transfer.answer.ts';
import { partyZh } from '../words.ts';
import type { Column } from './csv-pages.ts';

/** What an export shows: what the lists show, masked as they are, under Chinese headings. */
export const CASE_COLUMNS: readonly Column<CaseAnswer>[] = [
  ['办件编号', (one) => one.projectNo],
  ['大厅', (one) => partyZh(`hall:${one.hallCode}`)],
  ['大厅代码', (one) => one.hallCode],
  ['事项', (one) => one.itemName],
  ['事项编码', (one) => one.itemCode],
  ['申请者（脱敏）', (one) => one.applicant],
  ['办件状态', (one) => one.statusZh],
  ['投递状态', (one) => one.deliveryStatusZh],
  ['纸质材料', (one) => one.paperStatusZh],
  ['纸质超期', (one) => one.paperOverdue],
  ['办结结果', (one) => one.resultCode],
  ['承诺办结', (one) => one.promiseDueAt],
  ['收件', (one) => one.receivedAt],
  ['入账', (one) => one.createdAt],
  ['最近变动', (one) => one.updatedAt],
];

export const TRANSFER_COLUMNS: readonly Column<TransferAnswer>[] = [
  ['投递编号', (one) => one.transferId],
  ['办件编号', (one) => one.projectNo],
  ['目的地', (one) => one.destinationZh],
  ['内容', (one) => one.transferKindZh],
  ['状态', (one) => one.statusZh],
  ['次数', (one) => one.attempts],
  ['起因', (one) => one.causedByTypeZh],
  ['错误类别', (one) => one.errorWord],
  ['错误代码', (one) => one.errorCode],
  ['HTTP 状态码', (one) => one.httpStatus],
  ['错误说明', (one) => one.errorDetail],
  ['生成', (one) => one.createdAt],
  ['最近发出', (one) => one.dispatchedAt],
  ['下次尝试', (one) => one.nextAttemptAt],
  ['送达', (one) => one.deliveredAt],
  ['终结', (one) => one.finishedAt],
  ['毫秒', (one) => one.latencyMs],
  ['放弃的理由', (one) => one.discardReason],
];

export const ITEM_COLUMNS: readonly Column<OperationItemAnswer>[] = [
  ['序号', (one) => one.seq],
  ['投递编号', (one) => one.transferId],
  ['办件编号', (one) => one.projectNo],
  ['目的地', (one) => one.destination],
  ['结果', (one) => one.stateZh],
  ['预检', (one) => one.verdictZh],
  ['说明', (one) => one.noteZh],
  ['第几次尝试', (one) => one.attempt],
  ['发出', (one) => one.sentAt],
  ['有结果', (one) => one.endedAt],
];
