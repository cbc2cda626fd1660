import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { OpsApiModule } from './ops-api.module.ts';

const DESCRIPTION = [
  '就近（Jiujin）网关的运维接口：供值班人员、控制台和命令行查询办件、投递、拒收和死信。',
  '除登录、健康检查（/health/live、/health/ready）和本页外，一律须证明身份：登录后的 Cookie（POST /api/session），或请求头 Authorization: Bearer 加访问令牌（/api/api-tokens）；网关的 OPS_TOKEN 只能查看。',
  '用 Cookie 的写操作须带请求头 X-CSRF-Token（见 GET /api/session），且须来自本网关的页面；用令牌则不必。',
  '应答中的姓名已脱敏，证件号码、手机号、账号和报文内容从不出现。时间均为北京时间（+08:00）。',
  '列表按游标翻页：把 nextCursor 作为 cursor 带回即可；翻页期间新增的数据不会造成遗漏或重复。',
  '出错时返回 application/problem+json（RFC 9457），含中英文说明。',
].join('\n\n');

/** The OpenAPI document of the ops API. */
export function opsDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('就近 · 运维接口')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: '访问令牌，或网关的 OPS_TOKEN' }, 'ops-token')
    .addCookieAuth('jiujin_session', { type: 'apiKey', in: 'cookie', description: '登录后的会话；经 https 时名为 __Host-jiujin_session' }, 'session')
    .build();
  return SwaggerModule.createDocument(app, config, { include: [OpsApiModule], deepScanRoutes: false });
}

/** Serves the document at `/api/docs` (page) and `/api/docs-json`. Both are open: they hold no data. All assets come from this server. */
export function serveOpsDocs(app: INestApplication): void {
  SwaggerModule.setup('api/docs', app, () => opsDocument(app), {
    jsonDocumentUrl: 'api/docs-json',
    raw: ['json'],
    customSiteTitle: '就近 · 运维接口',
    swaggerOptions: { persistAuthorization: false, validatorUrl: null, docExpansion: 'list', defaultModelsExpandDepth: -1 },
  });
}
