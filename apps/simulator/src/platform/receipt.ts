import type { Catalogue, Hall, Item } from '../catalogue.ts';
import { instant } from '../cloud-event.ts';
import { syntheticCitizenNumber, syntheticEmployer, syntheticMobile, syntheticPerson } from '../people/synthetic-people.ts';
import type { Person } from '../people/synthetic-people.ts';
import { dealer, pick, randomOf } from '../scenario/random.ts';
import type { Scenario } from '../scenario/scenario-of.ts';
import type { Clerk } from './clerks.ts';
import { materialsTaken } from './materials.ts';
import type { Material } from './materials.ts';

/** 收件 in the published form, without the operator. */
export interface Receipt {
  readonly itemCode: string;
  readonly projectType: string;
  readonly receivedAt: string;
  readonly applicant: { readonly certType: string; readonly certNo: string; readonly name: string };
  readonly amount?: string;
  readonly ratios?: { readonly unitPercent: string; readonly personalPercent: string };
  readonly transferDirection?: string;
  readonly closesAccount?: boolean;
  readonly materials: readonly Material[];
}

const dealers = new WeakMap<readonly Item[], (seed: number, index: number) => Item>();

/** Every item once in each round of as many cases as there are items. */
export function itemOf(catalogue: Catalogue, scenario: Scenario): Item {
  let deal = dealers.get(catalogue.items);
  if (deal === undefined) {
    deal = dealer('item', catalogue.items);
    dealers.set(catalogue.items, deal);
  }
  return deal(scenario.seed, scenario.index);
}

const AGENT_SHARE = 0.1;
const WITHDRAWAL = '提取';

function money(random: () => number): string {
  return (100 + Math.floor(random() * 20_000_000) / 100).toFixed(2);
}

/** Whole percents, in the ways people write them: the centre keeps ratios as decimal(4,2) fractions, which hold no more. */
function percent(random: () => number): string {
  return pick(random, ['5', '6', '7.0', '8', '10', '11', '12', '12.00']);
}

function employerParts(random: () => number): object {
  const employer = syntheticEmployer(random);
  return {
    applicant: { type: pick(random, ['2', '2', '2', '3', '4', '5', '6']), ...employer, mobile: syntheticMobile(random) },
    agent: syntheticPerson(random, '测经办'),
    legalRepresentative: syntheticPerson(random, '测法人').name,
    unitAccountNo: `4102${String(Math.floor(random() * 1e8)).padStart(8, '0')}`,
  };
}

function personParts(random: () => number, item: Item, byAgent: boolean): object {
  const withdrawal = item.category === WITHDRAWAL
    ? {
        amount: money(random), personalAccountNo: `8800${String(Math.floor(random() * 1e8)).padStart(8, '0')}`,
        payee: { bankCode: '102491000000', accountNo: `990000${String(Math.floor(random() * 1e12)).padStart(12, '0')}` },
      }
    : {};
  return { applicant: { type: '1', ...syntheticPerson(random) }, ...(byAgent ? { agent: syntheticPerson(random, '测代办') } : {}), ...withdrawal };
}

function without(person: Person): { name: string; certType: string; certNo: string } {
  return { name: person.name, certType: person.certType, certNo: person.certNo };
}

function requiredParts(random: () => number, item: Item): object {
  const parts: Record<string, unknown> = {};
  if (item.requires.includes('ratios')) parts.ratios = { unitPercent: percent(random), personalPercent: percent(random) };
  if (item.requires.includes('transferDirection')) parts.transferDirection = pick(random, ['internal', 'outbound', 'inbound']);
  if (item.requires.includes('closesAccount')) parts.closesAccount = random() < 0.5;
  if (item.requires.includes('relative')) {
    parts.relative = { ...without(syntheticPerson(random, '测亲')), relation: pick(random, item.relations) };
  }
  if (item.requires.includes('accountHolder')) {
    parts.accountHolder = { name: '测试故某', certType: '111', certNo: syntheticCitizenNumber(random) };
  }
  return parts;
}

/** A correction (revision 2) mends the amount where there is one, else the contact's number. */
function revised(receipt: Record<string, unknown>, random: () => number): Record<string, unknown> {
  if (typeof receipt.amount === 'string') return { ...receipt, amount: (Number(receipt.amount) + 1).toFixed(2) };
  return { ...receipt, applicant: { ...(receipt.applicant as object), mobile: syntheticMobile(random) } };
}

/** What the window takes in for this case; the same for the same scenario, hall and time. */
export function receiptOf(catalogue: Catalogue, scenario: Scenario, hall: Hall, clerk: Clerk, receivedAt: number, revision = 1): Receipt {
  const item = itemOf(catalogue, scenario);
  const random = randomOf(`receipt/${scenario.seed}/${scenario.index}`);
  const employer = item.applicantType === 'employer' || (item.applicantType === 'either' && random() < 0.5);
  const byAgent = !employer && item.agentWhenTaken.length > 0 && random() < AGENT_SHARE;
  const materials = materialsTaken(random, item, byAgent || (employer && item.applicantType === 'either'), receivedAt, scenario.index);
  const receipt: Record<string, unknown> = {
    itemCode: item.code, itemName: item.nameZhDisplay, itemVersion: 1, projectType: scenario.flow.projectType, applySource: '1',
    receivedAt: instant(receivedAt), windowNo: clerk.windowNo, regionCode: hall.regionCode,
    formalCheck: { result: 'PASS', checklist: materials.map((one) => ({ materialCode: one.materialCode, present: true, copies: one.copies })) },
    ...(employer ? employerParts(random) : personParts(random, item, byAgent)), ...requiredParts(random, item),
    materials, paper: { sheetCount: materials.reduce((sum, one) => sum + one.originals + one.copies, 0) },
  };
  return (revision > 1 ? revised(receipt, random) : receipt) as unknown as Receipt;
}
