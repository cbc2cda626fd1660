import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import type { ItemState, ItemVerdict, OperationKind, OperationStatus } from '../../ledger/operation-tables.ts';
import { PageQuery } from '../paging/page.query.ts';
import { ChoiceFilter, saying } from '../query-fields.ts';
import { wordsOf } from '../words.ts';
import { ITEM_STATES, ITEM_VERDICTS, OPERATION_KINDS, OPERATION_STATUSES } from './operation-words.ts';

/** The path of one operation. */
export class OperationParams {
  @ApiProperty({ description: '批量操作编号', example: 'op_Zk3JhQ0cXq8mP0b7' })
  @Matches(/^op_[A-Za-z0-9_-]{1,40}$/, saying({ zh: '须为批量操作编号', en: 'must be the id of an operation' }))
  operationId!: string;
}

/** Filters of `GET /api/operations`. */
export class OperationQuery extends PageQuery {
  @ChoiceFilter('状态', 'OperationStatus', wordsOf(OPERATION_STATUSES))
  status?: OperationStatus;

  @ChoiceFilter('做什么', 'OperationKind', wordsOf(OPERATION_KINDS))
  kind?: OperationKind;

  @ChoiceFilter('是否还在进行', 'OperationOpen', ['true', 'false'])
  open?: 'true' | 'false';

  @ChoiceFilter('是否置顶：还在进行，或已结束而没有人确认', 'OperationPinned', ['true', 'false'])
  pinned?: 'true' | 'false';
}

/** Filters of `GET /api/operations/{operationId}/items`. */
export class OperationItemQuery extends PageQuery {
  @ChoiceFilter('其中的状态', 'OperationItemState', wordsOf(ITEM_STATES))
  state?: ItemState;

  @ChoiceFilter('预检结论', 'OperationItemVerdict', wordsOf(ITEM_VERDICTS))
  verdict?: ItemVerdict;
}
