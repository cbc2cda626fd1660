import { Form, OneOf, Optional, Part, Parts } from '../../validation/field-rules.ts';
import { PersonName, RegionCode } from '../../validation/forms.ts';
import { PATTERNS } from '../../validation/patterns.ts';
import { Payee } from '../../events/parts/payee.ts';
import { PROJECT_TYPES } from '../../events/parts/receipt.ts';
import type { ProjectType } from '../../events/parts/receipt.ts';
import { LocalTime } from './local-time.ts';
import { PaperPlace, WorkMaterial } from './work-material.ts';
import { WorkAgent, WorkApplicant, WorkPerson, WorkRelative } from './work-people.ts';

const FundAccountNo = (): PropertyDecorator =>
  Form('fund-account-number', PATTERNS.fundAccountNo, '应为 1 到 20 位字母或数字', 'must be 1 to 20 letters or digits');

const Ratio = (): PropertyDecorator =>
  Form('ratio', /^0\.\d{2}$/, '应为两位小数的比例，如 0.12', 'must be a fraction with two decimals, such as 0.12');

/** 缴存比例 as decimal(4,2) fractions (JGJ/T 320 DWJCBL, GRJCBL): "0.12" is 12 %. */
export class WorkRatios {
  @Ratio()
  readonly unit!: string;

  @Ratio()
  readonly personal!: string;
}

/**
 * The application as the centre's core system takes it, in the codes of JGJ/T 320.
 *
 * It carries what the centre needs to examine and decide, and no more (个人信息保护法 §6). Left behind: the formal check and its checklist
 * (the hall's own act), the window and the clerk (the hall answers as a hall), apply source and item version (the platform's bookkeeping),
 * and the answers that are already in the business type (transfer direction, whether the account is closed).
 */
export class WorkApplication {
  /** 归集和提取业务类型, A.5. Absent for business that the annex has no code for (单位开户: of a unit, not of a personal account). */
  @Optional() @Form('business-type', /^\d{2}$/, '应为 2 位业务类型代码（JGJ/T 320 A.5）', 'must be a business type of 2 digits (JGJ/T 320 A.5)')
  readonly businessType?: string;

  /** 提取原因, A.7; for withdrawals only. */
  @Optional() @Form('withdrawal-reason', /^\d{2}$/, '应为 2 位提取原因代码（JGJ/T 320 A.7）', 'must be a withdrawal reason of 2 digits (JGJ/T 320 A.7)')
  readonly withdrawalReason?: string;

  /** 1 即办件, 2 承诺件, 9 其他: decides how the centre may complete it. */
  @OneOf(PROJECT_TYPES)
  readonly projectType!: ProjectType;

  @LocalTime()
  readonly receivedAt!: string;

  @RegionCode()
  readonly regionCode!: string;

  @Part(() => WorkApplicant)
  readonly applicant!: WorkApplicant;

  @Optional() @Part(() => WorkAgent)
  readonly agent?: WorkAgent;

  /** 法定代表人 (DWFRDBXM). */
  @Optional() @PersonName()
  readonly legalRepresentative?: string;

  /** 账户所有人, where it is not the applicant. */
  @Optional() @Part(() => WorkPerson)
  readonly accountHolder?: WorkPerson;

  @Optional() @Part(() => WorkRelative)
  readonly relative?: WorkRelative;

  /** 单位账号 DWZH. */
  @Optional() @FundAccountNo()
  readonly unitAccountNo?: string;

  /** 个人账号 GRZH. */
  @Optional() @FundAccountNo()
  readonly personalAccountNo?: string;

  @Optional() @Part(() => Payee)
  readonly payee?: Payee;

  /** 发生额 FSE: yuan, decimal(18,2), always with two decimals. */
  @Optional() @Form('decimal-money', /^(?:0|[1-9]\d{0,15})\.\d{2}$/, '应为两位小数的金额（元）', 'must be an amount in yuan with two decimals')
  readonly amount?: string;

  @Optional() @Part(() => WorkRatios)
  readonly ratios?: WorkRatios;

  /** Everything handed in so far, supplements included. */
  @Parts(() => WorkMaterial, 0, 120)
  readonly materials!: readonly WorkMaterial[];

  /** Absent when everything came as files. */
  @Optional() @Part(() => PaperPlace)
  readonly paper?: PaperPlace;
}
