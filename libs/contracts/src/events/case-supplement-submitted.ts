import { Instant, Part, Parts, Whole } from '../validation/field-rules.ts';
import { Material } from './parts/material.ts';
import { Operator } from './parts/operator.ts';

/** `case.supplement.submitted` 补正收件: the hall took in what the supplement notice asked for. */
export class CaseSupplementSubmittedData {
  @Part(() => Operator)
  readonly operator!: Operator;

  /** The round of the notice it answers, from 1. */
  @Whole(1, 99)
  readonly no!: number;

  @Parts(() => Material, 1, 60)
  readonly materials!: readonly Material[];

  @Instant()
  readonly submittedAt!: string;
}
