import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import type { Interaction } from 'oidc-provider';

/** Somebody the provider knows. */
export interface ProviderPerson {
  readonly name: string;
  readonly roles: string[];
}

/** An identity provider on this machine, where everybody is let in as whom they say they are. */
export interface RunningProvider {
  readonly issuer: string;
  readonly people: Map<string, ProviderPerson>;
  /** Who signs in next. */
  nextPerson: string;
  close(): Promise<void>;
}

export const CLIENT = { id: 'jiujin', secret: 'a-client-secret-for-tests-only' };

export async function startProvider(redirectUri: string): Promise<RunningProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const running: RunningProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, people: new Map(), nextPerson: '', close: () => closed(server),
  };
  const provider: Provider = new Provider(running.issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri] }],
    pkce: { required: () => true },
    scopes: ['openid', 'profile'],
    claims: { openid: ['sub'], profile: ['name', 'roles'] },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['only-for-tests'] },
    interactions: { url: (_context: unknown, interaction: Interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context: unknown, sub: string) => ({ accountId: sub, claims: () => Promise.resolve({ sub, ...running.people.get(sub) }) }),
    loadExistingGrant: async (context) => {
      const { client, session } = context.oidc;
      const grant: InstanceType<typeof provider.Grant> = new provider.Grant({ clientId: client?.clientId, accountId: session?.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/') === true) void provider.interactionFinished(request, response, { login: { accountId: running.nextPerson } });
    else void answer(request, response);
  });
  return running;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => { server.close(() => resolve()); });
}
