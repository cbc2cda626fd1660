import { Line, OneOf, Optional, Part, Whole } from '../validation/field-rules.ts';
import { ItemCode } from '../validation/forms.ts';
import { LocalTime } from './parts/local-time.ts';
import { HallName, ProjectNo } from './parts/message-head.ts';
import { UpdateAcceptance, UpdateResult, UpdateSpecialProcedure, UpdateStep, UpdateSupplementNotice } from './parts/update-groups.ts';
import { CD_OPERATIONS, RECORD_KINDS } from './transfer-kinds.ts';
import type { CdOperation, RecordKind } from './transfer-kinds.ts';

/** The field group each kind of record writes. */
export const RECORD_GROUPS = {
  acceptance: 'acceptance', step: 'step', special_procedure: 'specialProcedure', supplement_notice: 'supplementNotice', result: 'result',
} as const satisfies Record<RecordKind, keyof CompletionUpdate>;

/**
 * 办件进度: one record the bridge writes on the government service platform for one case. Times are `yyyy-MM-dd HH:mm:ss`, Asia/Shanghai.
 * The group that {@link RECORD_GROUPS} names for the kind is present; a result of an immediate case (即办件) also brings the `step` of its decision,
 * because decision and completion are one act there. No data of the applicant travels back: the platform has it.
 */
export class CompletionUpdate {
  @OneOf(Object.keys(RECORD_KINDS))
  readonly recordKind!: RecordKind;

  @ProjectNo()
  readonly projectNo!: string;

  /** Number of this update within the case, 1, 2, 3 …: the receiver sees at once when one is missing or late. */
  @Whole(1, 1_000_000)
  readonly updateSequence!: number;

  /** 数据版本号 of the sender's data (DATAVERSION). */
  @Whole(1, 999)
  readonly dataVersion!: number;

  /** I new, U corrects the record of the same kind sent before, D the case was entered by mistake and is taken back. */
  @OneOf(CD_OPERATIONS)
  readonly cdOperation!: CdOperation;

  /** When it happened at the centre (or at the hall or bureau). */
  @LocalTime()
  readonly occurredAt!: string;

  @ItemCode()
  readonly itemCode!: string;

  @Line(200)
  readonly itemName!: string;

  @Part(() => HallName)
  readonly hall!: HallName;

  @Optional() @Part(() => UpdateAcceptance)
  readonly acceptance?: UpdateAcceptance;

  @Optional() @Part(() => UpdateStep)
  readonly step?: UpdateStep;

  @Optional() @Part(() => UpdateSpecialProcedure)
  readonly specialProcedure?: UpdateSpecialProcedure;

  @Optional() @Part(() => UpdateSupplementNotice)
  readonly supplementNotice?: UpdateSupplementNotice;

  @Optional() @Part(() => UpdateResult)
  readonly result?: UpdateResult;
}
