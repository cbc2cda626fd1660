import { catalogue } from '#contracts';
import { KeyRing } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.ts';
import { applicantIndex } from '../../cases/applicant.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { decodeTimePlace } from '../paging/cursor.ts';
import { listCases } from '../queries/list-cases.ts';
import type { CasePage } from './case.answer.ts';
import type { IdentitySearchBody } from './identity-search.body.ts';
import { showCases } from './show-cases.ts';

/** In the records one number is one index, whatever type of certificate was said, and none that the cases have. */
const ANY_TYPE = '000';

/**
 * A person's cases by their certificate number (按证件号码查询). Who asks must say why, and what came of it is recorded, page by page: by a keyed index of
 * the number, so that searches for one person are seen to be that, and nothing else of the number is kept.
 */
@Injectable()
export class SearchByIdentity {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(KeyRing) private readonly keys: KeyRing,
  ) {}

  run(caller: Caller, { certNo, certType, reason, limit, cursor }: IdentitySearchBody): Promise<CasePage> {
    const types = certType === undefined ? catalogue().certificateTypes.map(({ code }) => code) : [certType];
    const applicantIndexes = types.map((type) => applicantIndex(this.keys, type, certNo));
    const place = decodeTimePlace(cursor);
    return this.ledger.write(async (trx) => {
      const page = showCases(await listCases(trx, { applicantIndexes }, place, limit + 1), limit);
      await recordAction(trx, {
        caller, action: 'case.searched-by-identity', subjectKind: 'certificate', subject: applicantIndex(this.keys, ANY_TYPE, certNo), reason, result: 'done',
        facts: { hits: page.items.length, more: page.nextCursor !== null, certType: certType ?? null },
      });
      return page;
    });
  }
}
