import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import type { Loopback } from '../../access/oidc/loopback.ts';
import { brokenQuery } from '../problems/ops-problem.ts';
import { saying, TextFilter } from '../query-fields.ts';

/** Below are ports that no program of a person may listen on. */
const [LOWEST_PORT, HIGHEST_PORT] = [1024, 65_535];
const PORT_TEXT = saying({ zh: `须为 ${LOWEST_PORT} 到 ${HIGHEST_PORT} 的整数`, en: `must be a whole number from ${LOWEST_PORT} to ${HIGHEST_PORT}` });

/** Query of `GET /api/session/oidc`: nothing for a browser, all three for a terminal. */
export class OidcStartQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: LOWEST_PORT, maximum: HIGHEST_PORT, description: '终端登录：终端在本机 127.0.0.1 上监听的端口；登录后只转到这里' })
  @IsOptional()
  @Type(() => Number)
  @IsInt(PORT_TEXT)
  @Min(LOWEST_PORT, PORT_TEXT)
  @Max(HIGHEST_PORT, PORT_TEXT)
  port?: number;

  @TextFilter('终端登录：终端自选的随机串，原样带回', /^[A-Za-z0-9_-]{16,128}$/, { zh: '须为 16–128 位字母、数字、_ 或 -', en: 'must be 16 to 128 of letters, digits, _ and -' }, 'c2Vl…')
  state?: string;

  @TextFilter('终端登录：PKCE 的 code_challenge（S256）', /^[A-Za-z0-9_-]{43}$/, { zh: '须为 43 位的 S256 摘要（base64url）', en: 'must be an S256 digest of 43 characters (base64url)' }, 'E9Melhoa…')
  challenge?: string;
}

/** The terminal that waits, or `null` for a browser. @throws OpsProblem `query-broken` when only a part is said */
export function loopbackIn({ port, state, challenge }: OidcStartQuery): Loopback | null {
  if (port !== undefined && state !== undefined && challenge !== undefined) return { port, state, challenge };
  const missing = Object.entries({ port, state, challenge }).filter(([, value]) => value === undefined);
  if (missing.length === 3) return null;
  throw brokenQuery(missing.map(([field]) => ({ field, rule: 'isDefined', zh: '终端登录须同时给出 port、state、challenge', en: 'a terminal must say port, state and challenge' })));
}
