import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, Length, Matches, ValidateBy } from 'class-validator';
import { mayGoTogether, ROLES } from '../../access/rights.ts';
import type { Role } from '../../access/rights.ts';
import { saying } from '../query-fields.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import { wordsOf } from '../words.ts';
import { NoControlCharacters } from '../written-text.ts';

const ROLE_WORDS = wordsOf(ROLES);
const ROLES_TEXT = saying({ zh: `须为以下角色的列表，不重复：${ROLE_WORDS.join('、')}`, en: `must be a list of different roles: ${ROLE_WORDS.join(', ')}` });

const APART_TEXT = saying({
  zh: '管理员不能同时是值班或主管：请给不同的账号', en: 'an administrator cannot be an operator or a supervisor as well: give them to different accounts',
});

function areTogether(value: unknown): boolean {
  return !Array.isArray(value) || mayGoTogether(value.filter((word): word is Role => ROLE_WORDS.some((role) => role === word)));
}

function Roles(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ enum: ROLE_WORDS, enumName: 'Role', isArray: true, description: '角色；可以为空。administrator 不能与 operator、supervisor 同时给一个账号' }),
    ValidateBy({ name: 'mayGoTogether', validator: { validate: areTogether } }, APART_TEXT),
    ArrayUnique(ROLES_TEXT),
    IsIn(ROLE_WORDS, { ...ROLES_TEXT, each: true }),
    ArrayMaxSize(ROLE_WORDS.length, ROLES_TEXT),
    IsArray(ROLES_TEXT),
  );
}

/** Body of `POST /api/accounts`. */
export class CreateAccountBody extends ReasonedBody {
  @ApiProperty({ description: '用户名：2–40 位小写字母、数字、点、下划线或连字符，以字母开头', example: 'zhiban1' })
  @Matches(/^[a-z][a-z0-9._-]{1,39}$/, saying({
    zh: '须为 2–40 位小写字母、数字、点、下划线或连字符，以字母开头', en: 'must be 2 to 40 of a-z, 0-9, dot, underscore and hyphen, and begin with a letter',
  }))
  name!: string;

  @ApiProperty({ description: '显示名称', minLength: 1, maxLength: 40, example: '值班一组' })
  @NoControlCharacters()
  @Length(1, 40, saying({ zh: '须为 1–40 个字符', en: 'must be 1 to 40 characters' }))
  displayName!: string;

  @Roles()
  roles!: Role[];
}

/** Body of `PUT /api/accounts/{accountId}/roles`. */
export class ChangeRolesBody extends ReasonedBody {
  @Roles()
  roles!: Role[];
}
