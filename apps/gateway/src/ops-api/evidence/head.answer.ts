import { InstantField, NumberField, TextField } from '../answer-fields.ts';

/** Where the chain of evidence ends now. */
export class EvidenceHeadAnswer {
  @NumberField('最后一条记录的编号；还没有记录时为 0')
  seq!: number;

  @TextField('该记录的哈希（SHA-256，十六进制）；请连同编号另行记下，日后可据以核验')
  hash!: string;

  @InstantField('取得时间（台账时钟）')
  at!: string;

  @InstantField('此前入账的消息都已封入证据链')
  messagesSealedUntil!: string;
}
