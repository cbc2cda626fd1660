import { readFileSync } from 'node:fs';

const LISTEN = '0A';
const LOOPBACK = ['0100007F', '00000000000000000000000001000000'];

/** The addresses, as the kernel writes them, on which somebody listens to this TCP port of this machine. */
function addressesOf(port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readFileSync(file, 'utf8').trim().split('\n').slice(1)).flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const [address = '', localPort] = local.split(':');
    return state === LISTEN && localPort === wanted ? [address] : [];
  });
}

export function isListenedTo(port: number): boolean {
  return addressesOf(port).length > 0;
}

/** Whether the port can be reached from this machine and from nowhere else. */
export function listensOnLoopbackOnly(port: number): boolean {
  const addresses = addressesOf(port);
  return addresses.length > 0 && addresses.every((address) => LOOPBACK.includes(address));
}
