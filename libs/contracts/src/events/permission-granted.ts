import { Form, Instant, Line, Optional, Part, Texts, Whole } from '../validation/field-rules.ts';
import { PersonName, Reference } from '../validation/forms.ts';
import { PATTERNS } from '../validation/patterns.ts';
import { Operator } from './parts/operator.ts';

/** `permission.granted` 收件权限开通: the city bureau lets a window clerk receive certain items at one hall (notice 四(一)). */
export class PermissionGrantedData {
  @Part(() => Operator)
  readonly operator!: Operator;

  @Reference()
  readonly grantId!: string;

  /** Account of the clerk: the `operator.id` of the receipts it allows. */
  @Line(50)
  readonly userId!: string;

  @PersonName()
  readonly name!: string;

  @Form('hall-code', PATTERNS.hallCode, '应为 6 位大厅代码', 'must be a hall code of 6 digits')
  readonly hallCode!: string;

  @Optional() @Line(100)
  readonly orgName?: string;

  @Optional() @Line(20)
  readonly windowNo?: string;

  @Texts(1, 200, 'item-code', PATTERNS.itemCode, '应为 19 位业务办理项编码', 'must be handling-item codes of 19 characters')
  readonly itemCodes!: readonly string[];

  @Instant()
  readonly validFrom!: string;

  /** Absent: until revoked. */
  @Optional() @Instant()
  readonly validTo?: string;

  /** Version of the roster (窗口收件人员名单) that the grant follows from. */
  @Whole(1, 1_000_000)
  readonly rosterVersion!: number;
}
