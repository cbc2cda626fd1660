import { ApiProperty } from '@nestjs/swagger';

/** Short forms of `@ApiProperty` for the answers: every field is always present, and `null` where nothing is known. */
interface FieldOptions {
  readonly nullable?: boolean;
  readonly example?: unknown;
}

export const TextField = (description: string, options: FieldOptions = {}): PropertyDecorator =>
  ApiProperty({ type: String, description, ...options });

export const InstantField = (description: string, options: FieldOptions = {}): PropertyDecorator =>
  ApiProperty({ type: String, format: 'date-time', description, ...options });

export const NumberField = (description: string, options: FieldOptions = {}): PropertyDecorator =>
  ApiProperty({ type: 'integer', description, ...options });

export const FlagField = (description: string, options: FieldOptions = {}): PropertyDecorator =>
  ApiProperty({ type: Boolean, description, ...options });

/** One word of a fixed set; the set becomes a named schema. */
export const ChoiceField = (description: string, enumName: string, values: readonly string[], options: FieldOptions = {}): PropertyDecorator =>
  ApiProperty({ enum: [...values], enumName, description, ...options });

/** The one word that tells the kinds of a union apart. */
export const KindField = (kind: string): PropertyDecorator => ApiProperty({ type: String, enum: [kind], description: '条目种类' });
