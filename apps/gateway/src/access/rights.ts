/** What a caller may do, each on its own (权限). Metadata, bodies and personal data are three different things to see. */
export const RIGHTS = {
  'see-metadata': { zh: '查看办件、投递、队列和告警（不含报文）' },
  'see-bodies': { zh: '查看报文（个人信息已脱敏）' },
  'reveal-personal': { zh: '揭示个人信息（须写明理由，限时，留痕）' },
  replay: { zh: '重新投递' },
  edit: { zh: '更正报文后重新投递、退回大厅' },
  discard: { zh: '放弃投递或死信' },
  approve: { zh: '批准他人发起的批量操作' },
  'manage-failures': { zh: '认领和处置失败分组、告警' },
  'pause-channels': { zh: '暂停和恢复通道' },
  'see-audit': { zh: '查看操作记录，核验证据' },
  'manage-access': { zh: '管理账号、角色和访问令牌' },
} as const satisfies Record<string, { zh: string }>;

export type Right = keyof typeof RIGHTS;

/** Every right, in the order in which they are shown. */
export const ALL_RIGHTS = Object.keys(RIGHTS) as Right[];

const WATCHES: readonly Right[] = ['see-metadata'];
const OPERATES: readonly Right[] = [...WATCHES, 'see-bodies', 'replay', 'manage-failures', 'pause-channels'];

/** Roles as data (角色). Who manages accounts cannot replay, and who reads the records cannot change what they tell of. */
export const ROLES = {
  viewer: { zh: '查看', rights: WATCHES },
  operator: { zh: '值班', rights: OPERATES },
  supervisor: { zh: '主管', rights: [...OPERATES, 'reveal-personal', 'edit', 'discard', 'approve'] },
  auditor: { zh: '审计', rights: [...WATCHES, 'see-audit'] },
  administrator: { zh: '管理员', rights: [...WATCHES, 'manage-access'] },
} as const satisfies Record<string, { zh: string; rights: readonly Right[] }>;

export type Role = keyof typeof ROLES;

/** What these roles together allow. */
export function rightsOf(roles: readonly Role[]): ReadonlySet<Right> {
  return new Set(roles.flatMap((role): readonly Right[] => ROLES[role].rights));
}
