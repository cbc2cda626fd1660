import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, InstantField, TextField } from '../answer-fields.ts';
import { wordsOf } from '../words.ts';
import { MASK_CLASSES } from './harmless-fields.ts';
import type { MaskClass } from './harmless-fields.ts';

/** A field that is masked. */
export class MaskedFieldAnswer {
  @TextField('字段在报文中的位置', { example: 'data.applicant.certNo' })
  path!: string;

  @ChoiceField('类别', 'MaskClass', wordsOf(MASK_CLASSES))
  class!: MaskClass;

  @TextField('类别（中文）', { example: '证件号码' })
  classZh!: string;
}

/** A message's body, masked (脱敏报文). */
export class BodyAnswer {
  @TextField('对象种类', { example: 'transfer' })
  subjectKind!: string;

  @TextField('对象')
  subject!: string;

  @TextField('办件编号', { nullable: true })
  projectNo!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, description: '报文；除已知无害的字段外一律脱敏' })
  body!: unknown;

  @ApiProperty({ type: [MaskedFieldAnswer], description: '被脱敏的字段' })
  masked!: MaskedFieldAnswer[];
}

/** Leave to see some fields for a while. */
export class RevealAnswer {
  @TextField('结果', { example: 'revealed' })
  outcome!: 'revealed';

  @TextField('结果（中文）')
  outcomeZh!: string;

  @TextField('揭示编号；凭此在 GET /api/reveals/{revealId} 查看，仅限本人')
  revealId!: string;

  @InstantField('到此时为止')
  expiresAt!: string;
}

/** One value that is shown. */
export class RevealedFieldAnswer {
  @TextField('字段在报文中的位置；更正的原值和新值分别冠以 before. 和 after.', { example: 'data.applicant.mobile' })
  path!: string;

  @ApiProperty({ description: '原值；报文中已没有该字段时为 null', nullable: true, oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] })
  value!: unknown;
}

/** What was revealed, for as long as it lasts. */
export class RevealedAnswer {
  @TextField('对象种类', { example: 'transfer' })
  subjectKind!: string;

  @TextField('对象')
  subject!: string;

  @InstantField('到此时为止')
  expiresAt!: string;

  @ApiProperty({ type: [RevealedFieldAnswer] })
  fields!: RevealedFieldAnswer[];
}
