import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { wordsOf } from '../words.ts';
import { VIEW_SCREENS } from './view-screens.ts';
import type { ViewScreen } from './view-screens.ts';

/** A search that somebody keeps. */
export class SavedViewAnswer {
  @TextField('编号', { example: 'sv_Zk3JhQ0cXq8mP0b7' })
  viewId!: string;

  @TextField('名称')
  name!: string;

  @ChoiceField('哪个界面', 'ViewScreen', wordsOf(VIEW_SCREENS))
  screen!: ViewScreen;

  @TextField('哪个界面（中文）')
  screenZh!: string;

  @ApiProperty({ type: Object, description: '该界面的列表接口的参数' })
  query!: Record<string, string>;

  @FlagField('给所有人看')
  shared!: boolean;

  @FlagField('是自己的，可以更改')
  own!: boolean;

  @TextField('谁保存的')
  owner!: string;

  @NumberField('版本；更改、删除时放在 If-Match 中')
  version!: number;

  @InstantField('最近更改')
  updatedAt!: string;
}

/** One's own views, and those that others share. */
export class SavedViewList {
  @ApiProperty({ type: [SavedViewAnswer], description: '自己的在前，按名称' })
  items!: SavedViewAnswer[];
}

/** What came of a change. */
export class SavedViewChangedAnswer extends SavedViewAnswer {
  @ChoiceField('结果', 'SavedViewOutcome', ['created', 'changed', 'deleted'])
  outcome!: 'created' | 'changed' | 'deleted';

  @TextField('结果（中文）', { example: '已保存' })
  outcomeZh!: string;
}
