/** What a caller may do, each on its own (权限). Metadata, bodies and personal data are three different things to see. */
export const RIGHTS = {
  'see-metadata': { zh: '查看办件、投递、队列和告警（不含报文）' },
  'search-identity': { zh: '按证件号码查询办件（须写明理由，留痕）' },
  'see-bodies': { zh: '查看报文（个人信息已脱敏）' },
  'reveal-personal': { zh: '揭示个人信息（须写明理由，限时，留痕）' },
  replay: { zh: '重新投递' },
  edit: { zh: '更正报文后重新投递、退回大厅' },
  discard: { zh: '放弃投递或死信' },
  approve: { zh: '批准他人发起的批量操作' },
  'manage-failures': { zh: '认领和处置失败分组、告警，交班签字' },
  'pause-channels': { zh: '暂停和恢复通道，登记计划维护' },
  'see-audit': { zh: '查看操作记录，核验证据' },
  'manage-access': { zh: '管理账号、角色和访问令牌' },
} as const satisfies Record<string, { zh: string }>;

export type Right = keyof typeof RIGHTS;

/** Every right, in the order in which they are shown. */
export const ALL_RIGHTS = Object.keys(RIGHTS) as Right[];

const WATCHES: readonly Right[] = ['see-metadata'];
const OPERATES: readonly Right[] = [...WATCHES, 'search-identity', 'see-bodies', 'replay', 'manage-failures', 'pause-channels'];

/** Roles as data (角色). Who manages accounts cannot replay, which {@link APART} says; who reads the records cannot change what they tell of. */
export const ROLES = {
  viewer: { zh: '查看', rights: WATCHES },
  operator: { zh: '值班', rights: OPERATES },
  supervisor: { zh: '主管', rights: [...OPERATES, 'reveal-personal', 'edit', 'discard', 'approve'] },
  auditor: { zh: '审计', rights: [...WATCHES, 'see-audit'] },
  administrator: { zh: '管理员', rights: [...WATCHES, 'manage-access'] },
} as const satisfies Record<string, { zh: string; rights: readonly Right[] }>;

export type Role = keyof typeof ROLES;

/** 职责分离: whoever decides who may come in could make a second person of themselves, and so never holds these as well. */
const APART: { readonly from: Right; readonly never: readonly Right[] } = {
  from: 'manage-access', never: ['search-identity', 'see-bodies', 'reveal-personal', 'replay', 'edit', 'discard', 'approve', 'manage-failures', 'pause-channels'],
};

/** Whether one account may have all of these roles. */
export function mayGoTogether(roles: readonly Role[]): boolean {
  const rights = allRightsOf(roles);
  return !rights.includes(APART.from) || !APART.never.some((right) => rights.includes(right));
}

/** What these roles together allow. Of roles that may not go together, such as an account may have from earlier, the right to manage access is what is left. */
export function rightsOf(roles: readonly Role[]): ReadonlySet<Right> {
  const rights = allRightsOf(roles);
  return new Set(mayGoTogether(roles) ? rights : rights.filter((right) => !APART.never.includes(right)));
}

function allRightsOf(roles: readonly Role[]): readonly Right[] {
  return roles.flatMap((role): readonly Right[] => ROLES[role].rights);
}
