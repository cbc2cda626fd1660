import { ApiProperty } from '@nestjs/swagger';
import type { MappingWay } from '../../revisions/trace-mapping.ts';
import { ChoiceField, FlagField, TextField } from '../answer-fields.ts';
import { wordsOf } from '../words.ts';

export const MAPPING_WAYS: Readonly<Record<MappingWay, string>> = { same: '照抄', converted: '换算或换码', given: '由桥接给出' };

/** One field of what the receiver gets, and what it is made from. */
export class MappedFieldAnswer {
  @TextField('报文中的字段，列表写作 []', { example: 'application.applicant.certType' })
  target!: string;

  @TextField('中文名称', { example: '证件类型' })
  zh!: string;

  @ApiProperty({ type: [String], description: '由来：event. 起因事件，receipt. 办件现在的收件信息，case. 办件本身', example: ['receipt.applicant.certType'] })
  sources!: string[];

  @ChoiceField('怎样得来', 'MappingWay', wordsOf(MAPPING_WAYS))
  way!: MappingWay;

  @TextField('怎样得来（中文）', { example: '换算或换码' })
  wayZh!: string;

  @FlagField('有人更正过：现在的报文中它不一定是由来的值')
  edited!: boolean;
}

/** How a transfer is made from its event and its case, without any value. */
export class MappingAnswer {
  @TextField('投递编号')
  transferId!: string;

  @TextField('种类（中文）', { example: '收件' })
  transferKindZh!: string;

  @FlagField('按现在的数据和目录可以转换；不能时没有字段')
  translatable!: boolean;

  @ApiProperty({ type: [MappedFieldAnswer], description: '逐个字段；值见 getEventBody 和 getTransferBody' })
  fields!: MappedFieldAnswer[];
}
