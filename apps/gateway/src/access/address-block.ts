import { isIPv6 } from 'node:net';

const GROUPS = 8;
const NETWORK_GROUPS = 4;
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Whom a network address stands for when logins are counted: an IPv4 address itself; of IPv6 the network of 64 bits, all of which one machine may have. */
export function addressBlock(ip: string): string {
  const mapped = MAPPED.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  const [bare = ''] = ip.split('%');
  return isIPv6(bare) ? `${groupsOf(bare).slice(0, NETWORK_GROUPS).join(':')}::/64` : ip;
}

/** All eight groups, without zeros in front. */
function groupsOf(ip: string): string[] {
  const [before = [], after = []] = ip.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const left = Math.max(0, GROUPS - before.length - after.length);
  return [...before, ...Array.from({ length: left }, () => '0'), ...after].map((group) => group.replace(/^0+(?=.)/, '').toLowerCase());
}
