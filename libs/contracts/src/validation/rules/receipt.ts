import type { Receipt } from '../../events/parts/receipt.ts';
import { agentNamedWithAuthority, oneOfEachGroupTaken, requiredMaterialsTaken } from './receipt-materials.ts';
import {
  applicantCertificateFits, applicantTypeFits, itemIsKnown, organisationHasAgent, otherPeopleAreOthers, otherPeopleHavePersonalCertificates,
  regionIsAHalls, relationIsAllowed, requiredPartsPresent,
} from './receipt-people.ts';
import type { Rule } from './rule.ts';

/** 收件: everything that takes more than one field to judge. */
export const RECEIPT_RULES: readonly Rule<Receipt>[] = [
  itemIsKnown,
  requiredPartsPresent,
  organisationHasAgent,
  applicantTypeFits,
  applicantCertificateFits,
  ...otherPeopleHavePersonalCertificates,
  relationIsAllowed,
  ...otherPeopleAreOthers,
  regionIsAHalls,
  requiredMaterialsTaken,
  oneOfEachGroupTaken,
  agentNamedWithAuthority,
];
