import { Line, Prose } from '../../validation/field-rules.ts';
import { MaterialCode } from '../../validation/forms.ts';

/** One thing that is missing or wrong; a notice names all of them at once (行政许可法 §32(四): 一次告知). */
export class SupplementItem {
  @MaterialCode()
  readonly materialCode!: string;

  @Line(200)
  readonly name!: string;

  @Prose(500)
  readonly problem!: string;
}
