type Phrase = readonly [pattern: RegExp, zh: string];

/** What may stand under `given`. What the operator wrote stands in quotes and is repeated as it is. */
const GIVEN: readonly Phrase[] = [
  [/^nothing$/, '未设置'],
  [/^\(secret, not shown\)$/, '（密钥，不显示）'],
  [/^(\d+) characters \(secret, not shown\)$/, '$1 个字符（密钥，不显示）'],
  [/^both (\S+) and (\S+)$/, '同时设了 $1 和 $2'],
  [/^(.+) \(ENOENT\)$/, '$1（没有这个文件）'],
  [/^(.+) \(EACCES\)$/, '$1（没有读取权限）'],
  [/^(.+) \(EISDIR\)$/, '$1（这是一个文件夹）'],
  [/^(.+), which is no JSON$/, '$1（不是 JSON）'],
  [/^(.+) cannot be read \((.+)\)$/, '$1（读不了：$2）'],
  [/^a value in (.+) that breaks the rule$/, '$1 中不合规则的值'],
  [/^active is no whole number$/, 'active 不是整数'],
  [/^active is (.+)$/, 'active 为 $1'],
  [/^(keys|index) is missing$/, '缺少 $1'],
  [/^(\S+) has (\d+) bytes$/, '$1 为 $2 字节'],
  [/^(?:the content is|text that is) no JSON object$/, '内容不是 JSON 对象'],
  [/^a name that is no (?:destination|party)$/, '不认识的名称'],
  [/^no such address$/, '不能用的地址'],
  [/^no list, or an empty one$/, '不是列表，或列表为空'],
  [/^an id used twice$/, '重复的编号'],
  [/^a contact$/, '一个联系人'],
  [/^not shown$/, '（不显示）'],
];

/** What may stand under `allowed` as a whole. */
const ALLOWED: readonly Phrase[] = [
  [/^.* \(([^()]*\p{Script=Han}.*)\)$/u, '$1'],
  [/^only one of the two$/, '只设其中一个'],
  [/^the path of a readable (?:JSON )?file$/, '可读文件的路径'],
  [/^a folder with (.+), (.+) and (.+)$/, '含有 $1、$2 和 $3 的文件夹'],
  [/^at least (\d+) random characters, in (\S+) or in the file that (\S+) names$/, '至少 $1 个随机字符，写在 $2 中或 $3 指定的文件中'],
  [/^one of the versions under keys: none$/, 'keys 中的一个版本（现在没有）'],
  [/^one of the versions under keys: (.+)$/, 'keys 中的一个版本：$1'],
  [/^the version of the key that seals from now on$/, '今后用于封存的密钥版本号'],
  [/^an object of version → 32 bytes in base64$/, '版本号 → base64 编码的 32 字节'],
  [/^versions that are whole numbers from 1$/, '从 1 开始的整数版本号'],
  [/^(\d+) bytes in base64$/, 'base64 编码的 $1 字节'],
  [/^a list of at least one key$/, '至少有一个密钥的列表'],
  [/^an object with url and signing$/, '含有 url 和 signing 的对象'],
  [/^an http or https address without user, password or fragment$/, '不带用户名、口令和 # 片段的 http 或 https 地址'],
  [/^an http or https address without user, password or fragment, with \{transferId\} once$/, '不带用户名、口令和 # 片段的 http 或 https 地址，其中 {transferId} 出现一次'],
  [/^a whole number from (\d+) to (\d+)$/, '$1 到 $2 的整数'],
  [/^ids that differ$/, '互不相同的编号'],
  [/^1 to 64 of (.+)$/, '1 到 64 个字符，可用 $1'],
  [/^text of at least (\d+) characters$/, '至少 $1 个字符'],
  [/^an RFC 3339 time such as (.+)$/, 'RFC 3339 时间，例如 $1'],
  [/^a JSON object$/, 'JSON 对象'],
  [/^a JSON object: (.+)$/, 'JSON 对象：$1'],
  [/^milliseconds, a whole number from (\d+) to (\d+)$/, '$1 到 $2 的整数（毫秒）'],
  [/^((?:ours, )?centre, hall:\*) or hall:<hall code>$/, '$1 或 hall:<大厅代码>'],
  [/^text of (\d+) to (\d+) characters$/, '$1 到 $2 个字符的文字'],
];

/** The words made from validation rules, joined by commas; see `setting.ts`. */
const RULE: readonly Phrase[] = [
  [/^a whole number$/, '整数'],
  [/^a number$/, '数'],
  [/^at least one item$/, '至少一项'],
  [/^at least (\S+) characters$/, '至少 $1 个字符'],
  [/^at most (\S+) characters$/, '最多 $1 个字符'],
  [/^at least (\S+) items$/, '至少 $1 项'],
  [/^at most (\S+) items$/, '最多 $1 项'],
  [/^at least (\S+)$/, '不小于 $1'],
  [/^at most (\S+)$/, '不大于 $1'],
  [/^true or false$/, 'true 或 false'],
  [/^not empty$/, '不能为空'],
  [/^one of (.+)$/, '下列之一：$1'],
  [/^a URL \((.+)\)$/, '网址（$1）'],
  [/^a URL$/, '网址'],
  [/^text that matches (.+)$/, '符合 $1 的文字'],
  [/^(\S+) to (\S+) characters$/, '$1 到 $2 个字符'],
  [/^a list separated by commas$/, '以逗号分隔的列表'],
  [/^text$/, '文字'],
];

export function givenInChinese(given: string): string {
  return whole(given, GIVEN) ?? given;
}

export function allowedInChinese(allowed: string): string {
  return whole(allowed, ALLOWED) ?? allowed.split(/, (?=each |a |at |true or|not empty|one of|text|\d+ to )/).map(ruleInChinese).join('，');
}

/** `each` stands before another rule, so a rule is put into Chinese in two steps. */
function ruleInChinese(rule: string): string {
  const each = /^each (.+)$/.exec(rule)?.[1];
  return each === undefined ? whole(rule, RULE) ?? rule : `每项：${whole(each, RULE) ?? each}`;
}

function whole(text: string, phrases: readonly Phrase[]): string | null {
  const phrase = phrases.find(([pattern]) => pattern.test(text));
  return phrase === undefined ? null : text.replace(...phrase);
}
