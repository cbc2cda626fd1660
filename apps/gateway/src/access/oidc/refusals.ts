import { OpsProblem } from '../../ops-api/problems/ops-problem.ts';
import { mayGoTogether } from '../rights.ts';
import type { Role } from '../rights.ts';

/** Also for somebody who comes back but was not sent from here. */
export function refusedSignIn(): OpsProblem {
  return new OpsProblem('oidc-refused', {
    detail: 'The identity provider did not let you in, or this sign-in was begun elsewhere, too long ago, or ended already. Begin again at /api/session/oidc.',
    detailZh: '统一身份认证未通过，或这次登录不是在此浏览器发起、已超时、已用过。请从 /api/session/oidc 重新登录。',
  });
}

export function disabledHere(): OpsProblem {
  return new OpsProblem('oidc-refused', { detail: 'Your account here is disabled; ask an administrator.', detailZh: '您在本系统的账号已停用；请联系管理员。' });
}

/** Why somebody with these roles by the provider's word is not let in, or `null`. Of roles that do not go together none is taken: which of them was meant is not for us to guess. */
export function refusalOfRoles(roles: readonly Role[], claim: string): OpsProblem | null {
  if (roles.length === 0) return new OpsProblem('oidc-no-role', {
    detail: `You are known, but none of your groups (claim "${claim}") has a role here; ask an administrator.`,
    detailZh: `身份已确认，但您的组别（字段 ${claim}）在本系统没有对应的角色；请联系管理员。`,
  });
  return mayGoTogether(roles) ? null : new OpsProblem('oidc-roles-apart', {
    detail: `Your groups (claim "${claim}") make you administrator and operator or supervisor at once, which nobody is; have them changed at the identity provider.`,
    detailZh: `您的组别（字段 ${claim}）使您同时为管理员和值班或主管，二者不能兼任；请在统一身份认证中调整组别。`,
  });
}
