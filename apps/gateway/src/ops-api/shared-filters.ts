import { TextFilter } from './query-fields.ts';

const PROJECT_NO = /^[A-Za-z0-9-]{1,50}$/;

/** Filters that several resources share. */
export const HallFilter = (): PropertyDecorator =>
  TextFilter('大厅代码（GB/T 2260 六位区划代码）', /^\d{6}$/, { zh: '须为六位数字的大厅代码', en: 'must be a hall code of six digits' }, '410204');

export const ProjectNoFilter = (): PropertyDecorator =>
  TextFilter('办件编号', PROJECT_NO, { zh: '须为 1–50 位字母、数字或连字符', en: 'must be 1 to 50 letters, digits or hyphens' }, 'KF20261122000001');

export const DestinationFilter = (): PropertyDecorator =>
  TextFilter('目的地', /^(?:centre|hall:\d{6})$/, { zh: '须为 centre 或 hall:大厅代码', en: 'must be centre or hall:<hall code>' }, 'hall:410204');

export const CodeFilter = (description: string, example: string): PropertyDecorator =>
  TextFilter(description, /^[A-Za-z0-9._-]{1,100}$/, { zh: '须为 1–100 位的机器码', en: 'must be a code of 1 to 100 characters' }, example);
