import { Line, OneOf, Optional, Part, Parts, Prose, Whole } from '../validation/field-rules.ts';
import { ItemCode } from '../validation/forms.ts';
import { VOID_CODES } from '../events/case-voided.ts';
import type { VoidCode } from '../events/case-voided.ts';
import { LocalTime } from './parts/local-time.ts';
import { HallName, ProjectNo } from './parts/message-head.ts';
import { WorkApplication } from './parts/work-application.ts';
import { PaperPlace, WorkMaterial } from './parts/work-material.ts';
import { CD_OPERATIONS, WORK_ITEM_KINDS } from './transfer-kinds.ts';
import type { CdOperation, WorkItemKind } from './transfer-kinds.ts';

/** 补正材料 of one round: only what this round brought. */
export class WorkSupplement {
  /** The round of the notice it answers, from 1. */
  @Whole(1, 99)
  readonly no!: number;

  @LocalTime()
  readonly submittedAt!: string;

  @Parts(() => WorkMaterial, 1, 60)
  readonly materials!: readonly WorkMaterial[];

  @Optional() @Part(() => PaperPlace)
  readonly paper?: PaperPlace;
}

/** 更正: the application as it now reads, whole, and why. */
export class WorkCorrection {
  @Prose(1000)
  readonly reason!: string;

  @Part(() => WorkApplication)
  readonly application!: WorkApplication;
}

/** 撤回: the applicant took the application back at the hall. */
export class WorkWithdrawal {
  @Prose(1000)
  readonly reason!: string;

  @LocalTime()
  readonly withdrawnAt!: string;
}

/** 作废: the bureau took the case off the books. */
export class WorkVoiding {
  @OneOf(VOID_CODES)
  readonly code!: VoidCode;

  @Prose(1000)
  readonly reason!: string;

  @LocalTime()
  readonly voidedAt!: string;
}

/** The one body each kind of work item carries. */
export const WORK_ITEM_BODIES = {
  open: 'application', supplement: 'supplement', correct: 'correction', withdraw: 'withdrawal', void: 'voiding',
} as const satisfies Record<WorkItemKind, keyof WorkItem>;

/**
 * 工单: what the bridge asks the centre's core system to do with one case. Times are `yyyy-MM-dd HH:mm:ss`, Asia/Shanghai.
 * Exactly the body that {@link WORK_ITEM_BODIES} names for the kind is present.
 */
export class WorkItem {
  @OneOf(Object.keys(WORK_ITEM_KINDS))
  readonly kind!: WorkItemKind;

  @ProjectNo()
  readonly projectNo!: string;

  /** 数据版本号 of the hall's data (DATAVER): 1 unless it was corrected. */
  @Whole(1, 999)
  readonly dataVersion!: number;

  @OneOf(CD_OPERATIONS)
  readonly cdOperation!: CdOperation;

  /** When the hall (or the bureau) did it. */
  @LocalTime()
  readonly occurredAt!: string;

  @ItemCode()
  readonly itemCode!: string;

  @Line(200)
  readonly itemName!: string;

  @Part(() => HallName)
  readonly hall!: HallName;

  @Optional() @Part(() => WorkApplication)
  readonly application?: WorkApplication;

  @Optional() @Part(() => WorkSupplement)
  readonly supplement?: WorkSupplement;

  @Optional() @Part(() => WorkCorrection)
  readonly correction?: WorkCorrection;

  @Optional() @Part(() => WorkWithdrawal)
  readonly withdrawal?: WorkWithdrawal;

  @Optional() @Part(() => WorkVoiding)
  readonly voiding?: WorkVoiding;
}
