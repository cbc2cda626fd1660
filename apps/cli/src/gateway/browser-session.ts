import type { GatewayClient } from './gateway-client.ts';
import { CommandError } from './problems.ts';

interface LoggedIn {
  readonly csrfToken: string;
  readonly mustChangePassword: boolean;
}

/** The gateway takes a name and a password only from a page of its own; this is no page, and nobody else's either. */
const OWN_PAGE = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' } as const;

/** A session as a browser would have it: only in one can a token be made. Lives for the moment of a login. */
export class BrowserSession {
  private readonly api: GatewayClient;
  private cookie = '';
  private csrfToken = '';
  mustChangePassword = false;

  constructor(api: GatewayClient) {
    this.api = api;
  }

  async open(name: string, password: string): Promise<void> {
    this.enter(await this.api.ask<LoggedIn>('POST', '/api/session', OWN_PAGE, JSON.stringify({ name, password })));
  }

  /** By what a sign-in with a browser brought, and what only this run knows. */
  async openByCode(code: string, verifier: string): Promise<void> {
    this.enter(await this.api.ask<LoggedIn>('POST', '/api/session/code', OWN_PAGE, JSON.stringify({ code, verifier })));
  }

  async changePassword(currentPassword: string, newPassword: string): Promise<void> {
    this.enter(await this.api.ask<LoggedIn>('PUT', '/api/session/password', this.headers, JSON.stringify({ currentPassword, newPassword })));
  }

  async ask<T>(method: string, path: string, body?: object): Promise<T> {
    // With nothing to read, the gateway must not be told that it is JSON.
    const { 'content-type': _, ...bare } = this.headers;
    return (await (body === undefined ? this.api.ask<T>(method, path, bare) : this.api.ask<T>(method, path, this.headers, JSON.stringify(body)))).body;
  }

  /** Nothing of it stays behind at the gateway. */
  async close(): Promise<void> {
    if (this.cookie !== '') await this.ask('DELETE', '/api/session');
    this.cookie = '';
  }

  private enter({ body, cookies }: { readonly body: LoggedIn; readonly cookies: readonly string[] }): void {
    const [cookie] = cookies;
    if (cookie === undefined) throw new CommandError('网关没有给出会话');
    this.cookie = cookie;
    this.csrfToken = body.csrfToken;
    this.mustChangePassword = body.mustChangePassword;
  }

  private get headers(): Readonly<Record<string, string>> & typeof OWN_PAGE {
    return { ...OWN_PAGE, cookie: this.cookie, 'x-csrf-token': this.csrfToken };
  }
}
