import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '../../local/servers/profile.ts';

/** An event as a sender writes it. */
export interface SentEvent {
  id: string;
  source: string;
  subject?: string;
  time: string;
  dataversion?: number;
  sequence?: number;
  data: Record<string, unknown>;
}

/** Who and what a receipt names; none of it may ever be found in clear. */
export const SECRETS = {
  name: '欧阳秘密甲', certNo: citizenNumber('41020419870612037'), mobile: '13987651234',
  relativeName: '司徒秘密乙', relativeCertNo: citizenNumber('41020319880305041'),
  personalAccountNo: 'GR77665544332211', bankAccountNo: '6217009988776655443',
} as const;

export const BEIJING_OFFSET_MS = 8 * 3_600_000;

/** The moment so many minutes ago, as people in Kaifeng write it. */
export function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000 + BEIJING_OFFSET_MS).toISOString().replace('Z', '+08:00');
}

/** A published example, with an id and a moment of its own. */
export function exampleEvent(type: string, id: string, at = minutesAgo(1)): SentEvent {
  const event = JSON.parse(readFileSync(join(CHECKOUT, `libs/contracts/examples/${type}.json`), 'utf8')) as SentEvent;
  return { ...event, id, time: at };
}

/** A receipt (收件) at 鼓楼区 by one of its named clerks, a minute ago or at the given moment; the centre finishes it without detours. */
export function receipt(name: string, options: { clerk?: string; at?: string } = {}): SentEvent {
  const at = options.at ?? minutesAgo(1);
  const event = exampleEvent('case.received', `${name}.r`, at);
  const { applicant, relative, payee, materials, ...rest } = event.data as Record<string, object>;
  return {
    ...event, subject: `${name}-straight`,
    data: {
      ...rest, receivedAt: at, operator: { id: options.clerk ?? 'clerk-410204-1', name: '测试窗口甲' },
      applicant: { ...applicant, name: SECRETS.name, certNo: SECRETS.certNo, mobile: SECRETS.mobile },
      relative: { ...relative, name: SECRETS.relativeName, certNo: SECRETS.relativeCertNo },
      personalAccountNo: SECRETS.personalAccountNo, payee: { ...payee, accountNo: SECRETS.bankAccountNo },
      materials: (materials as { takenAt?: string }[]).map((material) => (material.takenAt === undefined ? material : { ...material, takenAt: at })),
    },
  };
}

/** Completes 17 digits with the check character of GB 11643. */
function citizenNumber(digits: string): string {
  const sum = [...digits].reduce((total, digit, at) => total + Number(digit) * (2 ** (17 - at) % 11), 0);
  return digits + '10X98765432'.charAt(sum % 11);
}
