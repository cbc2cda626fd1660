import { Form } from '../../validation/field-rules.ts';
import { PATTERNS } from '../../validation/patterns.ts';

const RatioPercent = (): PropertyDecorator =>
  Form('ratio-percent', PATTERNS.ratioPercent, '应为 5 到 12 之间、最多两位小数的百分数', 'must be a percentage from 5 to 12 with at most two decimals');

/** 缴存比例, in percent as people write it: "12" is 12 % (住房公积金管理条例 §18: at least 5; at most 12 by national guidance). */
export class Ratios {
  @RatioPercent()
  readonly unitPercent!: string;

  @RatioPercent()
  readonly personalPercent!: string;
}
