import { PUBLIC_URL } from '../../ops-api/ops-server.fixture.ts';
import type { RunningProvider } from './provider.fixture.ts';

const START = `${PUBLIC_URL}/api/session/oidc`;
export const CALLBACK = `${START}/callback`;

/** A browser that follows where it is led, with cookies for each of two hosts: the gateway, which it finds at another address than it believes, and the provider. */
export class Browser {
  private readonly jars = new Map<string, Map<string, string>>();
  private readonly gatewayUrl: string;
  private readonly provider: RunningProvider;

  constructor(gatewayUrl: string, provider: RunningProvider) {
    this.gatewayUrl = gatewayUrl;
    this.provider = provider;
  }

  /** Asks the gateway or the provider, without following. */
  async ask(address: string): Promise<Response> {
    const ours = address.startsWith(PUBLIC_URL);
    const jar = this.jarOf(ours);
    const answer = await fetch(ours ? address.replace(PUBLIC_URL, this.gatewayUrl) : address, {
      redirect: 'manual', headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') }, signal: AbortSignal.timeout(60_000),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  /** Signs in at the provider as far as the address that leads back to the gateway. */
  async signIn(person: string, start = START): Promise<string> {
    this.provider.nextPerson = person;
    let address = start;
    for (let hops = 0; hops < 8; hops += 1) {
      const answer = await this.ask(address);
      const location = answer.headers.get('location');
      if (location === null) throw new Error(`led nowhere: ${answer.status} ${await answer.text()}`);
      address = new URL(location, address).href;
      if (address.startsWith(CALLBACK)) return address;
    }
    throw new Error('led in circles');
  }

  jarOf(ours: boolean): Map<string, string> {
    const host = ours ? 'ours' : 'provider';
    const jar = this.jars.get(host) ?? new Map<string, string>();
    this.jars.set(host, jar);
    return jar;
  }
}
