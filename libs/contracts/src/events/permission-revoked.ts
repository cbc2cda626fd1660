import { Instant, Part, Prose } from '../validation/field-rules.ts';
import { Reference } from '../validation/forms.ts';
import { Operator } from './parts/operator.ts';

/** `permission.revoked` 收件权限收回: from `revokedAt` on; a receipt received before it stays valid. */
export class PermissionRevokedData {
  @Part(() => Operator)
  readonly operator!: Operator;

  @Reference()
  readonly grantId!: string;

  @Instant()
  readonly revokedAt!: string;

  @Prose(500)
  readonly reason!: string;
}
