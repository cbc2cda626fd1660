import type { FieldProblem } from '#contracts';
import type { LetterStatus } from '../../ledger/letter-verb-tables.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import { LETTER_STATUSES } from '../words.ts';

export function letterUnknown(): OpsProblem {
  return new OpsProblem('dead-letter-unknown', { detail: 'The ledger has no dead letter with this number.', detailZh: '台账中没有这个编号的死信。' });
}

export function letterNotOpen(status: LetterStatus, by: string | null): OpsProblem {
  return new OpsProblem('letter-not-open', {
    detail: `It is ${status} already (${by ?? 'unknown'}); nothing was done. If it died again, it is a new letter.`,
    detailZh: `它已${LETTER_STATUSES[status].replace(/^已/, '')}（${by ?? '未知'}），没有再做什么。重放后又失败的是另一条死信。`,
  });
}

export function letterHasNoQueue(queue: string): OpsProblem {
  return new OpsProblem('letter-not-sendable', {
    detail: `Its queue ${queue} is not declared any more; it can only be discarded.`, detailZh: `原队列 ${queue} 已不存在，只能放弃。`,
  });
}

export function letterNotRepairable(queue: string): OpsProblem {
  return new OpsProblem('letter-not-sendable', {
    detail: `This message of ${queue} cannot be repaired: only events of halls and bureau that can be read are. Replay or discard it; an order is corrected at its transfer.`,
    detailZh: `队列 ${queue} 的这条消息不能修正：只修正读得出的大厅和市局事件，中心的决定和回执不得改动。可以重放或放弃；投递指令请在投递本身更正。`,
  });
}

export function letterSuperseded(): OpsProblem {
  return new OpsProblem('letter-superseded', {
    detail: 'This order is not the attempt that is out: its transfer has failed, ended or been tried again. Act on the transfer itself, at /api/transfers.',
    detailZh: '这条投递指令已不是在投的那一次：该投递已失败、了结或另行重投。请在 /api/transfers 处理这条投递本身。',
  });
}

export function repairBroken(problems: readonly FieldProblem[]): OpsProblem {
  const fields = problems.map(({ field }) => field).join(', ');
  return new OpsProblem('repair-broken', { detail: `Mend: ${fields}.`, detailZh: `请改正：${fields}。` }, problems);
}
