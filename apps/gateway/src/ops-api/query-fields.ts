import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches, ValidateBy } from 'class-validator';
import type { ValidationOptions } from 'class-validator';
import { isDayOrInstant } from './beijing-time.ts';

/** What a broken rule says, in both languages; the validation pipe reads it from the rule's context. */
interface RuleText {
  readonly zh: string;
  readonly en: string;
}

/** Validation options that carry the two texts. A rule without any message would lose them. */
export function saying(text: RuleText): ValidationOptions {
  return { context: text, message: text.en };
}

/** A parameter that must match a pattern. */
export function TextFilter(description: string, pattern: RegExp, text: RuleText, example: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: String, description, pattern: pattern.source, example }),
    IsOptional(),
    Matches(pattern, saying(text)),
  );
}

/** A parameter that must be one of a few words. */
export function ChoiceFilter(description: string, enumName: string, values: readonly string[]): PropertyDecorator {
  const list = values.join('、');
  return applyDecorators(
    ApiPropertyOptional({ enum: [...values], enumName, description }),
    IsOptional(),
    IsIn([...values], saying({ zh: `须为以下之一：${list}`, en: `must be one of: ${values.join(', ')}` })),
  );
}

/** A parameter that is a day in Beijing or an RFC 3339 instant. */
export function DayFilter(description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: String, description, example: '2026-11-22' }),
    IsOptional(),
    ValidateBy(
      { name: 'isDayOrInstant', validator: { validate: isDayOrInstant } },
      saying({
        zh: '须为日期（2026-11-22，按北京时间）或带时区的时间（2026-11-22T08:00:00+08:00，网址中的 + 写作 %2B）',
        en: 'must be a day (2026-11-22, in Beijing) or a time with an offset (2026-11-22T08:00:00+08:00; write + as %2B in a URL)',
      }),
    ),
  );
}
