import { Form, Line } from '../../validation/field-rules.ts';
import { PATTERNS } from '../../validation/patterns.ts';

/** The hall (政务服务大厅) a case belongs to. */
export class HallName {
  @Form('hall-code', PATTERNS.hallCode, '应为 6 位大厅代码', 'must be a hall code of 6 digits')
  readonly code!: string;

  @Line(100)
  readonly name!: string;
}

/** 办件编号 as the platform issued it. */
export const ProjectNo = (): PropertyDecorator =>
  Form('project-no', /^[A-Za-z0-9-]{1,50}$/, '应为 1 到 50 位字母、数字或连字符', 'must be 1 to 50 letters, digits or hyphens');
