import { ApiProperty } from '@nestjs/swagger';
import { Length } from 'class-validator';
import { LONGEST_PASSWORD } from '../../access/password-rules.ts';
import { saying } from '../query-fields.ts';

const LONGEST_NAME = 64;
const NAME_TEXT = saying({ zh: `须为 1–${LONGEST_NAME} 个字符`, en: `must be 1 to ${LONGEST_NAME} characters` });
const PASSWORD_TEXT = saying({ zh: `须为 1–${LONGEST_PASSWORD} 个字符`, en: `must be 1 to ${LONGEST_PASSWORD} characters` });

/** Body of `POST /api/session`. */
export class LogInBody {
  @ApiProperty({ description: '用户名', maxLength: LONGEST_NAME, example: 'admin' })
  @Length(1, LONGEST_NAME, NAME_TEXT)
  name!: string;

  @ApiProperty({ description: '密码', maxLength: LONGEST_PASSWORD, format: 'password' })
  @Length(1, LONGEST_PASSWORD, PASSWORD_TEXT)
  password!: string;
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
