import { ApiProperty } from '@nestjs/swagger';
import { Length, Matches } from 'class-validator';
import { LONGEST_PASSWORD } from '../../access/password-rules.ts';
import { saying } from '../query-fields.ts';
import { NoControlCharacters } from '../written-text.ts';

const LONGEST_NAME = 64;
const NAME_TEXT = saying({ zh: `须为 1–${LONGEST_NAME} 个字符`, en: `must be 1 to ${LONGEST_NAME} characters` });
const PASSWORD_TEXT = saying({ zh: `须为 1–${LONGEST_PASSWORD} 个字符`, en: `must be 1 to ${LONGEST_PASSWORD} characters` });

/** Body of `POST /api/session`. */
export class LogInBody {
  @ApiProperty({ description: '用户名', maxLength: LONGEST_NAME, example: 'admin' })
  @NoControlCharacters()
  @Length(1, LONGEST_NAME, NAME_TEXT)
  name!: string;

  @ApiProperty({ description: '密码', maxLength: LONGEST_PASSWORD, format: 'password' })
  @Length(1, LONGEST_PASSWORD, PASSWORD_TEXT)
  password!: string;
}

/** Body of `POST /api/session/code`. */
export class LogInByCodeBody {
  @ApiProperty({ description: '统一身份认证登录后带回终端的一次性代码，一分钟内有效' })
  @Matches(/^[A-Za-z0-9_-]{43}$/, saying({ zh: '须为登录后带回的代码', en: 'must be the code that came back' }))
  code!: string;

  @ApiProperty({ description: 'PKCE 的 code_verifier（RFC 7636），43–128 位' })
  @Matches(/^[A-Za-z0-9._~-]{43,128}$/, saying({ zh: '须为 43–128 位的 code_verifier', en: 'must be a code_verifier of 43 to 128 characters' }))
  verifier!: string;
}

/** Body of `PUT /api/session/password`. */
export class ChangePasswordBody {
  @ApiProperty({ description: '现在的密码', maxLength: LONGEST_PASSWORD, format: 'password' })
  @Length(1, LONGEST_PASSWORD, PASSWORD_TEXT)
  currentPassword!: string;

  @ApiProperty({ description: '新密码：至少 12 个字符，不含用户名', minLength: 12, maxLength: LONGEST_PASSWORD, format: 'password' })
  @Length(1, LONGEST_PASSWORD, PASSWORD_TEXT)
  newPassword!: string;
}
