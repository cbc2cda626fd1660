import { Flag, Form, Instant, Line, OneOf, Optional, Part, Parts, Whole } from '../../validation/field-rules.ts';
import { ItemCode, PersonName, RegionCode } from '../../validation/forms.ts';
import { PATTERNS } from '../../validation/patterns.ts';
import { AccountHolder } from './account-holder.ts';
import { Agent } from './agent.ts';
import { Applicant } from './applicant.ts';
import { FormalCheck } from './formal-check.ts';
import { Material } from './material.ts';
import { PaperCount } from './paper-count.ts';
import { Payee } from './payee.ts';
import { Ratios } from './ratios.ts';
import { Relative } from './relative.ts';

/** 办件类型 by GB/T 39046 A.6: 1 即办件, 2 承诺件, 9 其他. */
export const PROJECT_TYPES = ['1', '2', '9'] as const;
export type ProjectType = (typeof PROJECT_TYPES)[number];

/** 办理形式 by GB/T 39046 A.5; 5 to 8 are not assigned by the standard and are left to the platform. */
export const APPLY_SOURCES = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
export type ApplySource = (typeof APPLY_SOURCES)[number];

export const TRANSFER_DIRECTIONS = ['internal', 'outbound', 'inbound'] as const;
/** 个人账户转移: 内部转移, 转出, 转入 (JGJ/T 320 A.5: 06, 07, 08). */
export type TransferDirection = (typeof TRANSFER_DIRECTIONS)[number];

const FundAccountNo = (): PropertyDecorator =>
  Form('fund-account-number', PATTERNS.fundAccountNo, '应为 1 到 20 位字母或数字', 'must be 1 to 20 letters or digits');

/** 收件: what the window took in, without the person who did it. Which of the optional parts an item needs is data of the catalogue. */
export class Receipt {
  @ItemCode()
  readonly itemCode!: string;

  @Optional() @Line(200)
  readonly itemName?: string;

  /** 事项版本. */
  @Optional() @Whole(1, 9999)
  readonly itemVersion?: number;

  @OneOf(PROJECT_TYPES)
  readonly projectType!: ProjectType;

  @OneOf(APPLY_SOURCES)
  readonly applySource!: ApplySource;

  @Instant()
  readonly receivedAt!: string;

  @Optional() @Line(20)
  readonly windowNo?: string;

  @RegionCode()
  readonly regionCode!: string;

  @Part(() => FormalCheck)
  readonly formalCheck!: FormalCheck;

  @Part(() => Applicant)
  readonly applicant!: Applicant;

  @Optional() @Part(() => Agent)
  readonly agent?: Agent;

  /** 法定代表人 of an organisation. */
  @Optional() @PersonName()
  readonly legalRepresentative?: string;

  @Optional() @Part(() => AccountHolder)
  readonly accountHolder?: AccountHolder;

  @Optional() @Part(() => Relative)
  readonly relative?: Relative;

  /** 单位账号 DWZH. */
  @Optional() @FundAccountNo()
  readonly unitAccountNo?: string;

  /** 个人账号 GRZH. */
  @Optional() @FundAccountNo()
  readonly personalAccountNo?: string;

  @Optional() @Part(() => Payee)
  readonly payee?: Payee;

  /** Yuan, decimal(18,2), such as "1234.50". */
  @Optional() @Form('money', PATTERNS.money, '应为最多两位小数的金额（元）', 'must be an amount in yuan with at most two decimals')
  readonly amount?: string;

  @Optional() @Part(() => Ratios)
  readonly ratios?: Ratios;

  @Optional() @OneOf(TRANSFER_DIRECTIONS)
  readonly transferDirection?: TransferDirection;

  /** Whether the withdrawal closes the account (销户提取). */
  @Optional() @Flag()
  readonly closesAccount?: boolean;

  @Parts(() => Material, 1, 60)
  readonly materials!: readonly Material[];

  @Optional() @Part(() => PaperCount)
  readonly paper?: PaperCount;
}
