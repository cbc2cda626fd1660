import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsObject, Matches, ValidateBy } from 'class-validator';
import { ChoiceFilter, saying } from '../query-fields.ts';
import { wordsOf } from '../words.ts';
import { NoPersonalNumber } from '../written-text.ts';
import { VIEW_SCREENS } from './view-screens.ts';
import type { ViewScreen } from './view-screens.ts';

const SCREENS = wordsOf(VIEW_SCREENS);
const LONGEST_QUERY = 2_000;
const QUERY_TEXT = saying({ zh: '须为一个对象：该界面的列表接口的参数，值都是文字', en: 'must be an object: the parameters of the screen\'s list, all of them text' });

/** A search to keep. */
export class SavedViewBody {
  @ApiProperty({ description: '名称：1–40 个字母、汉字、数字、空格或 . _ : - ( )；不得含证件号码等长数字', example: '鼓楼区今天失败的' })
  @NoPersonalNumber()
  @Matches(/^(?! )[\p{L}\p{N} ._:()（）·-]{1,40}(?<! )$/u, saying({ zh: '须为 1–40 个字母、汉字、数字、空格或 . _ : - ( )，首尾无空格', en: 'must be 1 to 40 letters, digits, spaces or . _ : - ( )' }))
  name!: string;

  @ApiProperty({ enum: SCREENS, enumName: 'ViewScreen', description: '哪个界面；以后不能更改' })
  @IsIn(SCREENS, saying({ zh: `须为以下之一：${SCREENS.join('、')}`, en: `must be one of: ${SCREENS.join(', ')}` }))
  screen!: ViewScreen;

  @ApiProperty({ type: Object, description: '该界面的列表接口的参数（不含 cursor 和 limit），如 {"q": "厅:410204 状态:失败"}', example: { q: '厅:410204 状态:失败' } })
  @ValidateBy(
    { name: 'short', validator: { validate: (value: unknown) => JSON.stringify(value ?? null).length <= LONGEST_QUERY } },
    saying({ zh: `至多 ${LONGEST_QUERY} 个字`, en: `${LONGEST_QUERY} characters at most` }),
  )
  @IsObject(QUERY_TEXT)
  query!: Record<string, unknown>;

  @ApiProperty({ type: Boolean, description: '是否给所有人看；只有自己能更改' })
  @IsBoolean(saying({ zh: '须为 true 或 false', en: 'must be true or false' }))
  shared!: boolean;
}

/** Filters of `GET /api/saved-views`. */
export class SavedViewQuery {
  @ChoiceFilter('只看一个界面的', 'ViewScreen', SCREENS)
  screen?: ViewScreen;
}

/** The path of one view. */
export class SavedViewParams {
  @ApiProperty({ description: '编号', example: 'sv_Zk3JhQ0cXq8mP0b7' })
  @Matches(/^sv_[A-Za-z0-9_-]{1,40}$/, saying({ zh: '须为保存的检索的编号', en: 'must be the id of a saved view' }))
  viewId!: string;
}
