import type { OpenReturn } from '../../ledger/revision-rows.ts';
import type { MendProblem } from '../../ledger/revision-tables.ts';
import type { ReturnProblemAnswer } from '../transfers/transfer-detail.answer.ts';

const TEXTS: Readonly<Record<MendProblem, { readonly zh: string; readonly en: string }>> = {
  'edited-money-differs': {
    zh: '大厅的更正与两人核定的款项字段不一致，没有发出，报文保持核定的内容。请向大厅核实：以核定的为准的，撤回退回后在表单中更正其余字段，并请大厅一并更正其收件数据；以大厅的为准的，撤回退回后在表单中更正款项，由另一人批准。',
    en: 'The hall\'s correction differs from the money fields that two people agreed on. Nothing was sent; it carries what they agreed on. Ask the hall, take the return back, and edit it by the form: a change of money needs a second person.',
  },
  'not-translatable': {
    zh: '按大厅的更正仍不能转换：字段在对方没有对应，没有发出。请大厅再更正，或撤回退回后修改目录、在表单中更正。',
    en: 'What the hall corrected still cannot be translated. Nothing was sent. Let the hall correct it once more, or take the return back and mend the catalogue or the form.',
  },
  'not-deliverable': {
    zh: '大厅的更正使报文不合契约或校验规则，没有发出。请大厅再更正所列字段，或撤回退回后在表单中更正。',
    en: 'What the hall corrected breaks the contract or a published check. Nothing was sent. Let the hall correct these fields once more, or take the return back and edit it by the form.',
  },
  'changes-nothing': {
    zh: '大厅的更正没有改变这条工单，没有发出。请大厅更正退回时指出的问题，或撤回退回。',
    en: 'The hall\'s correction changes nothing of this work item. Nothing was sent. Let the hall correct what it was told, or take the return back.',
  },
  'under-way': {
    zh: '大厅的更正到达时它正在投递，没有换成更正后的报文。失败的，请大厅再发一次更正，或撤回退回后在表单中更正。',
    en: 'It was under way when the hall\'s correction came, and was not renewed. Should it fail, let the hall correct it once more, or take the return back and edit it by the form.',
  },
};

/** Why the last correction did not mend what is returned; null where nothing is returned, or no correction came. */
export function showReturnProblem(open: Pick<OpenReturn, 'mend_problem' | 'mend_fields'> | undefined): ReturnProblemAnswer | null {
  if (open === undefined || open.mend_problem === null) return null;
  return { code: open.mend_problem, ...TEXTS[open.mend_problem], fields: open.mend_fields ?? [] };
}
