import type { MessageSubject } from '../../ledger/evidence-reveals.ts';
import { brokenQuery, OpsProblem } from '../problems/ops-problem.ts';

export function unknownMessage({ kind }: MessageSubject): OpsProblem {
  return new OpsProblem(kind === 'transfer' ? 'transfer-unknown' : 'event-unknown', {
    detail: `There is no such ${kind}; see the timeline of the case.`,
    detailZh: '台账中没有这一条；请在办件的时间线中查找。',
  });
}

export function noBody(): OpsProblem {
  return new OpsProblem('body-unknown', {
    detail: 'It has no body (its translation failed), or none that the keys of this gateway open.',
    detailZh: '没有报文（转换失败），或本网关的密钥打不开它；密钥见 LEDGER_KEYS。',
  });
}

export function notMasked(fields: readonly string[]): OpsProblem {
  return brokenQuery([{
    field: 'fields', rule: 'masked',
    zh: `不是该报文中被脱敏的字段：${fields.join('、')}`, en: `not among the masked fields of this body: ${fields.join(', ')}`,
  }]);
}

/** To another person a reveal is as good as not there. */
export function unknownReveal(): OpsProblem {
  return new OpsProblem('reveal-unknown', {
    detail: 'There is no such reveal of yours; ask for one with a reason.',
    detailZh: '您没有这个揭示；请写明理由另行申请。',
  });
}

export function revealOver(): OpsProblem {
  return new OpsProblem('reveal-over', {
    detail: 'A reveal lasts ten minutes; ask for another one with a reason.',
    detailZh: '揭示十分钟内有效；请写明理由重新申请。',
  });
}
