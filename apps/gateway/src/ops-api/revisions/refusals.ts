import type { FieldProblem } from '#contracts';
import type { ReplayFacts } from '../../ledger/operation-transfer-rows.ts';
import { EDIT_PATIENCE_DAYS } from '../../ledger/revision-rows.ts';
import type { DecisionRefused } from '../../revisions/decide-edit.ts';
import type { EditRefused } from '../../revisions/edit-transfer.ts';
import type { ReturnRefused } from '../../revisions/return-transfer.ts';
import type { TakeBackRefused } from '../../revisions/take-back-return.ts';
import { refuseChanged } from '../if-match.ts';
import { notIndependent } from '../operations/operation-problems.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import { refusal } from '../transfers/refusals.ts';
import { TRANSFER_STATUSES } from '../words.ts';

interface Words {
  readonly detail: string;
  readonly detailZh: string;
}

type Texts<Code extends string> = Readonly<Record<Code, Words>>;

const RETURN_TEXTS: Texts<'not-a-work-item' | 'not-a-data-error' | 'hall-cannot-correct' | 'already-returned' | 'returned-too-often'> = {
  'not-a-work-item': { detail: 'Only work items that were made from a hall\'s data can be returned: receipts, supplements and corrections.', detailZh: '只有由大厅数据产生的工单（收件、补正、更正）可以退回大厅。' },
  'not-a-data-error': { detail: 'It did not fail because of its data: the hall cannot mend that. Replay it when the cause is gone.', detailZh: '它不是因数据有误而失败，大厅无从更正；原因消除后请重新投递。' },
  'hall-cannot-correct': { detail: 'As the case stands, the lifecycle takes no correction from the hall.', detailZh: '办件已在此状态，大厅不能再更正收件信息。' },
  'already-returned': { detail: 'It has been returned already; wait for the hall\'s correction.', detailZh: '已经退回，正等大厅更正。' },
  'returned-too-often': { detail: 'This case has been returned as often as a case can be; talk to the hall.', detailZh: '该办件退回的次数已到上限，请直接与大厅联系。' },
};

const DECISION_TEXTS: Texts<'edit-unknown' | 'edit-closed' | 'own-edit'> = {
  'edit-unknown': { detail: 'This transfer has no edit with this id.', detailZh: '该投递没有这个编号的更正。' },
  'edit-closed': { detail: 'It was applied, superseded or rejected before; look at it.', detailZh: '它已被采纳、作废或驳回，请查看其结果。' },
  'own-edit': { detail: 'You proposed it; money moves only by two people.', detailZh: '这是您自己提出的；关系到款项的更正须由另一人批准。' },
};

const CANARY: Words = { detail: 'It belongs to a canary, which is nobody\'s case.', detailZh: '这是拨测件，无须更正。' };
const NOT_READABLE: Words = { detail: 'What the hall sent cannot be opened: its key is not on the ring. Put the key back first.', detailZh: '大厅报来的数据无法解封：密钥不在密钥环中。请先恢复密钥。' };
const NOT_TRANSLATABLE: Words = {
  detail: 'It carries nothing, and still cannot be translated: a field has no counterpart on the other side. Return it to its hall, or mend the catalogue.',
  detailZh: '它没有可投递的报文，按现在的数据和目录也不能转换：有字段在对方没有对应。请退回大厅更正，或修改目录后再试。',
};

/** The problem that says why an edit was not made. */
export function editRefusal({ code, facts, row, problems }: EditRefused, seen: number): Error {
  switch (code) {
    case 'changed-meanwhile':
      return changed(seen, row?.revision ?? 0, facts);
    case 'not-editable':
      return new OpsProblem('not-editable', problems.length === 0 ? CANARY : NOT_TRANSLATABLE, problems);
    case 'edit-broken':
      return brokenEdit(problems);
    case 'nothing-to-change':
      return new OpsProblem('nothing-to-change', { detail: 'Every field has that value already; to send it as it is, replay it.', detailZh: '各字段已是这个值；要原样发送请用重新投递。' });
    default:
      return refusal({ kind: 'refused', code, facts, problems });
  }
}

/** The problem of a decision that was not taken. */
export function decisionRefusal({ code, facts, problems }: DecisionRefused): OpsProblem {
  if (code === 'edit-unknown' || code === 'edit-closed' || code === 'own-edit') return new OpsProblem(code, DECISION_TEXTS[code]);
  if (code === 'not-independent') return notIndependent();
  return refusal({ kind: 'refused', code, facts, problems });
}

/** The problem that says why nothing was returned. */
export function returnRefusal({ code, facts, problems }: ReturnRefused): OpsProblem {
  switch (code) {
    case 'items-broken':
      return new OpsProblem('query-broken', namesOf(problems), problems);
    case 'not-readable':
      return new OpsProblem('not-returnable', NOT_READABLE);
    case 'not-translatable':
      return new OpsProblem('not-returnable', NOT_TRANSLATABLE, problems);
    case 'not-a-work-item': case 'not-a-data-error': case 'hall-cannot-correct': case 'already-returned': case 'returned-too-often':
      return new OpsProblem('not-returnable', RETURN_TEXTS[code]);
    default:
      return refusal({ kind: 'refused', code, facts, problems });
  }
}

/** The problem that says why no return was taken back. */
export function takeBackRefusal({ code }: TakeBackRefused): OpsProblem {
  if (code === 'transfer-unknown') return refusal({ kind: 'refused', code, facts: null, problems: [] });
  return new OpsProblem(code, {
    detail: 'It is not waiting for its hall: never returned, corrected, or taken back already.', detailZh: '它没有在等大厅更正：没有退回过，或已收到更正，或已撤回退回。',
  });
}

export function editSuperseded(): OpsProblem {
  return new OpsProblem('edit-superseded', {
    detail: `It was sent, edited or closed since this edit was proposed, or that is more than ${EDIT_PATIENCE_DAYS} days ago. Nothing was changed; the edit is closed.`,
    detailZh: `提出更正之后，该投递已被重新投递、更正或已有结果，或提出已超过 ${EDIT_PATIENCE_DAYS} 天。这次更正作废，没有改动任何报文。`,
  });
}

function brokenEdit(problems: readonly FieldProblem[]): OpsProblem {
  const locked = problems.filter(({ rule }) => rule === 'locked');
  return locked.length > 0 ? new OpsProblem('field-locked', namesOf(locked), problems) : new OpsProblem('edit-broken', namesOf(problems), problems);
}

function namesOf(problems: readonly FieldProblem[]): Words {
  const fields = problems.map(({ field }) => field).join(', ');
  return { detail: `Mend: ${fields}.`, detailZh: `请改正：${fields}。` };
}

function changed(seen: number, revision: number, facts: ReplayFacts | null): Error {
  const status = facts?.status ?? 'failed';
  try {
    refuseChanged(seen, revision, `It is ${status}.`, `现在的状态：${TRANSFER_STATUSES[status]}。`);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  return new Error('the revision was the one that was seen');
}
