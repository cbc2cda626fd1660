import { Flag, Form, Line, Nullable, OneOf, Optional, Part, Parts, Texts, Whole, Words } from '../validation/field-rules.ts';
import { ItemCode, MaterialCode } from '../validation/forms.ts';
import { PATTERNS } from '../validation/patterns.ts';

/** 服务对象 by GB/T 39046 A.4: 1 natural person, 2 enterprise, 3 public institution, 4 social organisation, 5 administrative organ, 6 other. */
export const APPLICANT_TYPES = ['1', '2', '3', '4', '5', '6'] as const;
export type ApplicantType = (typeof APPLICANT_TYPES)[number];

/** 与申请人的关系: 配偶、父母、子女. */
export const RELATIONS = ['spouse', 'parent', 'child'] as const;
export type Relation = (typeof RELATIONS)[number];

/** The optional parts of a receipt that an item may require. */
export const REQUIREMENTS = ['agent', 'relative', 'accountHolder', 'ratios', 'transferDirection', 'closesAccount'] as const;
export type Requirement = (typeof REQUIREMENTS)[number];

const BusinessTypeCode = (): PropertyDecorator =>
  Form('fund-code', PATTERNS.twoDigits, '应为两位代码', 'must be a code of two digits');

/** One value of the deciding field, and the business type it leads to. */
export class BusinessTypeCase {
  /** The field's value as text: a word, `true` or `false`. */
  @Line(20)
  readonly when!: string;

  @BusinessTypeCode()
  readonly code!: string;

  @Line(100)
  readonly name!: string;
}

/** Where a field of the receipt decides the business type. */
export class BusinessTypeBy {
  @OneOf(['transferDirection', 'closesAccount'])
  readonly field!: 'transferDirection' | 'closesAccount';

  @Parts(() => BusinessTypeCase, 1, 20)
  readonly cases!: readonly BusinessTypeCase[];
}

/** The item in the centre's codes, JGJ/T 320: 归集和提取业务类型 (A.5) and 提取原因 (A.7). */
export class FundCodes {
  /** `null` where `businessTypeBy` decides, or where the business leaves no entry on a person's account (单位缴存登记). */
  @Nullable() @BusinessTypeCode()
  readonly businessTypeCode!: string | null;

  @Line(100)
  readonly businessTypeName!: string;

  @Nullable() @BusinessTypeCode()
  readonly withdrawReasonCode!: string | null;

  @Nullable() @Line(100)
  readonly withdrawReasonName!: string | null;

  @Optional() @Part(() => BusinessTypeBy)
  readonly businessTypeBy?: BusinessTypeBy;
}

export class StatutoryLimit {
  @Whole(1, 999)
  readonly value!: number;

  @OneOf(['workday', 'day', 'hour'])
  readonly unit!: 'workday' | 'day' | 'hour';

  /** The article it rests on. */
  @Line(200)
  readonly basis!: string;
}

export class ItemMaterial {
  @MaterialCode()
  readonly materialCode!: string;

  @Line(200)
  readonly nameZh!: string;

  @Flag()
  readonly required!: boolean;

  @OneOf(['original', 'copy', 'original_checked_copy_kept'])
  readonly form!: 'original' | 'copy' | 'original_checked_copy_kept';

  @Flag()
  readonly containsPersonalInfo!: boolean;
}

/** Materials that can stand for one another, such as 结婚证 and 亲属关系证明. */
export class MaterialGroup {
  @Texts(1, 20, 'material-code', PATTERNS.materialCode, '应为材料编码', 'must be material codes')
  readonly anyOf!: readonly string[];
}

/** 业务办理项: one thing a hall may receive. What differs between items is said here, in columns, never in code. */
export class CatalogueItem {
  /** Number in annex 1 of the notice, or the next one. */
  @Whole(1, 9999)
  readonly no!: number;

  @ItemCode()
  readonly code!: string;

  /** The name exactly as published, line-wrap spaces included. */
  @Line(200)
  readonly nameZh!: string;

  @Line(200)
  readonly nameZhDisplay!: string;

  /** Items of one parent (本人/配偶) are two ways to the same business. */
  @Line(16)
  readonly parentItemCode!: string;

  /** 归集, 提取, … */
  @Line(20)
  readonly category!: string;

  @OneOf(['individual', 'employer', 'either'])
  readonly applicantType!: 'individual' | 'employer' | 'either';

  /** Applicant types that may apply. */
  @Words(APPLICANT_TYPES, 1)
  readonly serviceObjectCodes!: readonly ApplicantType[];

  @Line(50)
  readonly applicantRole!: string;

  @Nullable() @Flag()
  readonly accountHolderIsApplicant!: boolean | null;

  @Nullable() @Line(50)
  readonly relationToHouseParty!: string | null;

  @Words(REQUIREMENTS, 0)
  readonly requires!: readonly Requirement[];

  /** Relations allowed where a relative is named; empty where none may be. */
  @Words(RELATIONS, 0)
  readonly relations!: readonly Relation[];

  /** Materials that, once taken, mean that somebody acts for the applicant (授权委托书). */
  @Texts(0, 20, 'material-code', PATTERNS.materialCode, '应为材料编码', 'must be material codes')
  readonly agentWhenTaken!: readonly string[];

  @Part(() => FundCodes)
  readonly jgj320!: FundCodes;

  @Optional() @Part(() => StatutoryLimit)
  readonly statutoryDecisionLimit?: StatutoryLimit;

  /** Of each group at least one material must be taken. */
  @Optional() @Parts(() => MaterialGroup, 0, 20)
  readonly materialsAtLeastOneOf?: readonly MaterialGroup[];

  @Parts(() => ItemMaterial, 1, 60)
  readonly materials!: readonly ItemMaterial[];
}
