import type { Ratios, WorkRatios } from '#contracts';
import { untranslatable } from './untranslatable.ts';

const MONEY = /^(\d{1,16})(?:\.(\d{1,2}))?$/;
const WHOLE_PERCENT = /^(\d{1,2})(?:\.0{1,2})?$/;

/** An amount in yuan as the decimal(18,2) of JGJ/T 320: always two decimals. Text to text, so that no cent is lost in a float. */
export function decimalMoney(amount: string, field: string): string {
  const parts = MONEY.exec(amount);
  if (parts === null) return untranslatable(field, `“${field}”不是 decimal(18,2) 金额`, `${field} is no decimal(18,2) amount`);
  return `${parts[1]}.${(parts[2] ?? '').padEnd(2, '0')}`;
}

/** Both ratios as decimal(4,2) fractions. A half per cent would need a third decimal, which the centre's column cannot hold: a person must see that. */
export function decimalRatios(ratios: Ratios): WorkRatios {
  return { unit: fraction(ratios.unitPercent, 'ratios.unitPercent'), personal: fraction(ratios.personalPercent, 'ratios.personalPercent') };
}

function fraction(percent: string, field: string): string {
  const whole = WHOLE_PERCENT.exec(percent)?.[1];
  if (whole === undefined) {
    return untranslatable(field, `“${field}”不能以 decimal(4,2) 表示，只能是整数百分比`, `${field} does not fit decimal(4,2): only whole percents do`);
  }
  return `0.${whole.padStart(2, '0')}`;
}
