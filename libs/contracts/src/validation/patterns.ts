/** Forms of text that several messages share. Each is anchored and bounds its own length. */
export const PATTERNS = {
  itemCode: /^[0-9A-Z]{9}[A-Z]{2}\d{8}$/,
  hallCode: /^\d{6}$/,
  regionCode: /^\d{6}(?:\d{3}){0,2}$/,
  uscc: /^[0-9A-HJ-NPQRTUWXY]{18}$/,
  twoDigits: /^\d{2}$/,
  certificateType: /^\d{3}$/,
  materialCode: /^[A-Z0-9_]{1,40}$/,
  phone: /^(?=.{7,18}$)(?:1\d{10}|(?:0\d{2,3}-?)?[2-9]\d{6,7}(?:-\d{1,6})?)$/,
  accountNo: /^[A-Za-z0-9]{1,30}$/,
  fundAccountNo: /^[A-Za-z0-9]{1,20}$/,
  reference: /^[A-Za-z0-9._:-]{1,64}$/,
  money: /^(?:0|[1-9]\d{0,15})(?:\.\d{1,2})?$/,
  ratioPercent: /^(?:(?:[5-9]|1[01])(?:\.\d{1,2})?|12(?:\.0{1,2})?)$/,
  mime: /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/,
  sm3: /^[0-9a-f]{64}$/,
} as const;
