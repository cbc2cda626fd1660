import { OpsProblem } from '../problems/ops-problem.ts';

/** Why nothing was done to an account. */
export function accountUnknown(): OpsProblem {
  return new OpsProblem('account-unknown', { detail: 'The accounts are listed at GET /api/accounts.', detailZh: '账号列表见 GET /api/accounts。' });
}

export function unchanged(detail: string, detailZh: string): OpsProblem {
  return new OpsProblem('account-unchanged', { detail, detailZh });
}

/** Whoever manages accounts does not decide about their own. */
export function ownAccount(detail: string, detailZh: string): OpsProblem {
  return new OpsProblem('own-account', { detail, detailZh });
}

export function lastAdministrator(): OpsProblem {
  return new OpsProblem('last-administrator', {
    detail: 'Make another account administrator first: nobody could let people in any more.',
    detailZh: '请先把另一个在用的账号设为管理员；否则再没有人能管理账号。',
  });
}

export function rolesFromElsewhere(): OpsProblem {
  return new OpsProblem('account-elsewhere', {
    detail: 'The roles of this account come from the identity provider (OIDC_ROLES) at each login; change the groups there, or disable the account here.',
    detailZh: '该账号的角色由统一身份认证的组别决定（OIDC_ROLES），每次登录更新；请在那里调整，或在此停用账号。',
  });
}

export function passwordElsewhere(): OpsProblem {
  return new OpsProblem('account-elsewhere', {
    detail: 'This account has no password here; reset it at the identity provider.',
    detailZh: '该账号的密码不在本系统；请在统一身份认证中重置。',
  });
}
