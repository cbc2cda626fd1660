import type { CaseCompletedData } from '../../events/case-completed.ts';
import { CORRECTIONS } from '../../events/case-corrected.ts';
import type { CaseCorrectedData } from '../../events/case-corrected.ts';
import type { CaseSupplementSubmittedData } from '../../events/case-supplement-submitted.ts';
import type { Decision } from '../../events/parts/decision.ts';
import type { PermissionGrantedData } from '../../events/permission-granted.ts';
import { kindOfParty } from '../../event-types.ts';
import { NO_PROBLEMS, problem } from './rule.ts';
import type { Rule } from './rule.ts';

/** A refusal says why. */
export const refusalHasReason: Rule<Decision> = {
  needs: ['approved'],
  check: ({ approved, reason }) =>
    approved || reason !== undefined ? NO_PROBLEMS : problem('reason', 'required-when-refused', '不予批准必须写明理由', 'is required when not approved'),
};

/** 办结 says what was decided, where both travel together. */
export const resultFollowsDecision: Rule<CaseCompletedData> = {
  needs: ['result', 'result.code', 'decision', 'decision.approved'],
  check: ({ result, decision }) =>
    decision === undefined || decision.approved === (result.code === 'APPROVED')
      ? NO_PROBLEMS
      : problem('result.code', 'result-follows-decision', '办结结果与审核决定不一致', 'does not agree with the decision'),
};

/** A supplement brings something. */
export const supplementBringsMaterial: Rule<CaseSupplementSubmittedData> = {
  needs: ['materials'],
  check: ({ materials }) =>
    materials.some(({ taken }) => taken) ? NO_PROBLEMS : problem('materials', 'something-taken', '至少收取一项材料', 'must have at least one material that was taken'),
};

/** Who corrects is who said it first. */
export const correctionIsTheSenders: Rule<CaseCorrectedData> = {
  needs: ['corrects'],
  check: ({ corrects }, { party }) =>
    CORRECTIONS[corrects].sender === kindOfParty(party) ? NO_PROBLEMS : problem('corrects', 'own-event', '只能更正本方发送的事件', 'must be an event of the sender itself'),
};

/** Exactly the body that `corrects` names is there. */
export const correctionHasItsBody: Rule<CaseCorrectedData> = {
  needs: ['corrects'],
  check: (data) => {
    const wanted = CORRECTIONS[data.corrects].body;
    return Object.values(CORRECTIONS).flatMap(({ body }) => {
      if (body === wanted && data[body] === undefined) return problem(body, 'required-by-corrects', '更正该事件必须提供此部分', 'is required to correct this event');
      if (body !== wanted && data[body] !== undefined) return problem(body, 'only-what-corrects-names', '与更正的事件不符，不能提供', 'does not belong to the event that is corrected');
      return NO_PROBLEMS;
    });
  },
};

/** A permission is for a hall that takes part. */
export const grantedHallIsKnown: Rule<PermissionGrantedData> = {
  needs: ['hallCode'],
  check: ({ hallCode }, { catalogue }) =>
    catalogue.hall(hallCode) === undefined ? problem('hallCode', 'known-hall', '没有这个大厅', 'is not a hall that takes part') : NO_PROBLEMS,
};

/** A permission is for items that halls may receive. */
export const grantedItemsAreKnown: Rule<PermissionGrantedData> = {
  needs: ['itemCodes'],
  check: ({ itemCodes }, { catalogue }) =>
    itemCodes.flatMap((code, index) =>
      catalogue.item(code) === undefined ? problem(`itemCodes[${index}]`, 'known-item', '事项目录中没有这个编码', 'is not in the item catalogue') : NO_PROBLEMS),
};
