import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import type { Caller } from '../../access/caller.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { countSavedViews, deleteSavedView, insertSavedView, isNameTaken, lockSavedView, lockSavedViews, updateSavedView } from '../../ledger/saved-view-rows.ts';
import type { SavedViewRow } from '../../ledger/saved-view-rows.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import { beijingTime } from '../beijing-time.ts';
import { idempotent } from '../idempotent.ts';
import { refuseChanged } from '../if-match.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { brokenQuery, OpsProblem } from '../problems/ops-problem.ts';
import type { SavedViewAnswer, SavedViewChangedAnswer } from './saved-view.answer.ts';
import type { SavedViewBody } from './saved-view.body.ts';
import { checkedQuery, VIEW_SCREENS } from './view-screens.ts';
import type { ViewScreen } from './view-screens.ts';

const OWN_AT_MOST = 50;
const SHARED_AT_MOST = 200;
type Trx = Transaction<LedgerTables>;

/** A change of one's views. */
interface ViewCommand {
  readonly caller: Caller;
  readonly key: string | undefined;
}

/** Keeps, changes and deletes people's searches (保存的检索). What others see is on record; one's own views are one's own business. */
@Injectable()
export class KeepView {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  /** @throws OpsProblem `session-needed`, `view-refused`, `query-broken` */
  async create({ caller, key }: ViewCommand, body: SavedViewBody): Promise<SavedViewChangedAnswer> {
    refuseNobody(caller);
    const query = await checkedQuery(body);
    return this.ledger.write((trx) => idempotent(trx, { caller, key, route: 'POST /api/saved-views', body }, async () => {
      await lockSavedViews(trx);
      await refuseTooMany(trx, caller.person, body.shared, true);
      const wanted = { id: `sv_${randomBytes(12).toString('base64url')}`, person: caller.person, owner_name: caller.name, screen: body.screen, name: body.name, query: JSON.stringify(query), shared: body.shared };
      await refuseTaken(trx, wanted, null);
      const row = await insertSavedView(trx, wanted);
      if (row.shared) await record(trx, caller, 'saved-view.shared', row);
      return { outcome: 'created', outcomeZh: '已保存', ...showView(row, caller.person) };
    }));
  }

  /** @throws OpsProblem `view-unknown`, `changed-meanwhile`, `view-refused`, `query-broken` */
  async change({ caller, key }: ViewCommand, id: string, seen: number, body: SavedViewBody): Promise<SavedViewChangedAnswer> {
    const query = await checkedQuery(body);
    return this.ledger.write((trx) => idempotent(trx, { caller, key, route: `PUT /api/saved-views/${id} ${seen}`, body }, async () => {
      await lockSavedViews(trx);
      const before = await ownView(trx, caller, id, seen);
      if (before.screen !== body.screen) throw brokenQuery([{ field: 'screen', rule: 'fixed', zh: '不能更改，请另存', en: 'cannot be changed; save another view' }]);
      if (body.shared && !before.shared) await refuseTooMany(trx, caller.person, true, false);
      await refuseTaken(trx, { ...before, name: body.name }, id);
      const row = await updateSavedView(trx, id, { name: body.name, query: JSON.stringify(query), shared: body.shared });
      if (row.shared || before.shared) await record(trx, caller, 'saved-view.changed', row);
      return { outcome: 'changed', outcomeZh: '已更改', ...showView(row, caller.person) };
    }));
  }

  /** Whoever manages access may also take away what somebody shares who is no longer there. */
  delete({ caller, key }: ViewCommand, id: string, seen: number): Promise<SavedViewChangedAnswer> {
    return this.ledger.write((trx) => idempotent(trx, { caller, key, route: `DELETE /api/saved-views/${id} ${seen}`, body: null }, async () => {
      const row = await ownView(trx, caller, id, seen, caller.rights.has('manage-access'));
      await deleteSavedView(trx, id);
      if (row.shared) await record(trx, caller, 'saved-view.deleted', row);
      return { outcome: 'deleted', outcomeZh: '已删除', ...showView(row, caller.person) };
    }));
  }
}

/** A view as it is shown to a person. */
export function showView(row: SavedViewRow, person: string): SavedViewAnswer {
  const screen = row.screen as ViewScreen;
  return {
    viewId: row.id, name: row.name, screen, screenZh: VIEW_SCREENS[screen].zh, query: row.query, shared: row.shared, own: row.person === person, owner: row.owner_name,
    version: row.version, updatedAt: beijingTime(row.updated_at),
  };
}

/** A person's own view, locked. That of another is not there, unless it is shared: then it is said whose it is. */
async function ownView(trx: Trx, { person }: Caller, id: string, seen: number, orShared = false): Promise<SavedViewRow> {
  const row = await lockSavedView(trx, id);
  if (row === undefined || (row.person !== person && !row.shared)) throw new OpsProblem('view-unknown', { detail: 'You have no such view.', detailZh: '没有这个保存的检索。' });
  if (row.person !== person && !orShared) throw new OpsProblem('view-refused', { detail: 'It is somebody else\'s; save your own.', detailZh: '这是别人的，只有本人能更改；请另存为自己的。' });
  refuseChanged(seen, row.version, 'Read it again.', '请重新读取。');
  return row;
}

/** Views belong to people: a service that everybody may use has none. */
function refuseNobody({ person }: Caller): void {
  if (!person.startsWith('account:')) throw new OpsProblem('session-needed', { detail: 'Log in, or use a token of your own.', detailZh: '请登录，或用自己的令牌。' });
}

async function refuseTooMany(trx: Trx, person: string, shared: boolean, fresh: boolean): Promise<void> {
  const count = await countSavedViews(trx, person);
  if (fresh && count.own >= OWN_AT_MOST) throw new OpsProblem('view-refused', { detail: `You have ${OWN_AT_MOST} views; delete one first.`, detailZh: `您已有 ${OWN_AT_MOST} 个，请先删除不用的。` });
  if (shared && count.shared >= SHARED_AT_MOST) throw new OpsProblem('view-refused', { detail: `${SHARED_AT_MOST} views are shared already.`, detailZh: `共享的已有 ${SHARED_AT_MOST} 个，请先删除不用的。` });
}

async function refuseTaken(trx: Trx, view: Pick<SavedViewRow, 'person' | 'screen' | 'name'>, but: string | null): Promise<void> {
  if (await isNameTaken(trx, view, but)) throw new OpsProblem('view-refused', { detail: 'You have a view of this name; take another.', detailZh: '您在该界面已有同名的，请换一个名称。' });
}

function record(trx: Trx, caller: Caller, action: string, { id, name, screen, query, shared }: SavedViewRow): Promise<void> {
  return recordAction(trx, { caller, action, subjectKind: 'saved-view', subject: id, reason: '', result: 'done', facts: { name, screen, query, shared } });
}
