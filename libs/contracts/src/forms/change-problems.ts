/** What can be wrong with a change itself, whatever comes out of it. */
export const CHANGE_PROBLEMS = {
  'unknown-field': { zh: '表单中没有这个字段', en: 'is not a field of the form' },
  locked: { zh: '该字段已锁定，不能更改', en: 'is locked and cannot be changed' },
  'not-a-value': { zh: '只能更改具体的字段，不能整组替换', en: 'is a group or a list: name the field in it' },
  'no-such-entry': { zh: '列表中没有这一项', en: 'names an entry that the list does not have' },
  repeated: { zh: '同一字段或列表项给出了两次', en: 'is named twice' },
  'one-of': { zh: '不在可选值中', en: 'is none of the choices' },
  ambiguous: { zh: '须写明 value、add、remove 之一', en: 'must have exactly one of value, add and remove' },
  'fixed-list': { zh: '该列表的项不能这样增减', en: 'is no list whose entries can come or go in this way' },
  'removed-entry': { zh: '所在的列表项同时被删除', en: 'lies in an entry that is removed at the same time' },
} as const;

export type ChangeProblem = keyof typeof CHANGE_PROBLEMS;
