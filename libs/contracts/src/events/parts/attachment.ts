import { Form, Line, Whole } from '../../validation/field-rules.ts';
import { Reference } from '../../validation/forms.ts';
import { PATTERNS } from '../../validation/patterns.ts';

const MAX_BYTES = 200 * 1024 * 1024;

/** 附件: a file that stays where it is; what travels is its name and its digest. */
export class Attachment {
  @Reference()
  readonly fileId!: string;

  @Line(200)
  readonly name!: string;

  @Form('mime', PATTERNS.mime, '应为小写的 MIME 类型，如 application/pdf', 'must be a MIME type in lower case, such as application/pdf')
  readonly mime!: string;

  /** Bytes. */
  @Whole(1, MAX_BYTES)
  readonly size!: number;

  /** SM3 of the file (GB/T 32905), hex in lower case. */
  @Form('sm3', PATTERNS.sm3, '应为 64 位小写十六进制的 SM3 摘要', 'must be an SM3 digest: 64 hex digits in lower case')
  readonly sm3!: string;
}
