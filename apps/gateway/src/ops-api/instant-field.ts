import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { saying } from './query-fields.ts';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;
const TEXT = saying({ zh: '须为带时区的时间，如 2026-11-24T08:30:00+08:00', en: 'must be a time with an offset, such as 2026-11-24T08:30:00+08:00' });

/** An instant in the body of a write, with its offset: a time of day alone means another moment elsewhere. */
export function InstantBody(description: string, { required }: { readonly required: boolean }): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: String, format: 'date-time', description, required, example: '2026-11-24T08:30:00+08:00' }),
    ...(required ? [] : [IsOptional()]),
    Matches(INSTANT, TEXT),
  );
}
