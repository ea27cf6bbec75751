import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Cleaner } from './peer.ts';

/** What the tests use of oidc-provider, which brings no types. */
interface Provider {
  callback(): RequestListener;
  readonly ClientCredentials: {
    find(token: string): Promise<{ readonly clientId: string; destroy(): Promise<void> } | undefined>;
  };
}
type ProviderClass = new (issuer: string, configuration: object) => Provider;

/** An OAuth server of this machine. */
export interface OAuthServer {
  readonly tokenUrl: string;
  /** Client id → secret. */
  readonly clients: Map<string, string>;
  /** Tokens that were given out. */
  issued(): number;
  /** The client of a token that is still good. */
  clientOf(token: string): Promise<string | undefined>;
  revoke(token: string): Promise<void>;
  close(): Promise<void>;
}

/** Keeps what oidc-provider stores; clients are looked up in a map that tests change. */
function adapterOver(clients: ReadonlyMap<string, string>) {
  const stored = new Map<string, object>();
  return class Adapter {
    readonly #model: string;
    constructor(model: string) {
      this.#model = model;
    }
    upsert(id: string, payload: object): Promise<void> {
      stored.set(`${this.#model} ${id}`, payload);
      return Promise.resolve();
    }
    find(id: string): Promise<object | undefined> {
      if (this.#model !== 'Client') return Promise.resolve(stored.get(`${this.#model} ${id}`));
      const secret = clients.get(id);
      return Promise.resolve(
        secret === undefined
          ? undefined
          : {
              client_id: id,
              client_secret: secret,
              grant_types: ['client_credentials'],
              redirect_uris: [],
              response_types: [],
              token_endpoint_auth_method: 'client_secret_post',
            },
      );
    }
    destroy(id: string): Promise<void> {
      stored.delete(`${this.#model} ${id}`);
      return Promise.resolve();
    }
    consume(): Promise<void> {
      return Promise.resolve();
    }
    revokeByGrantId(): Promise<void> {
      return Promise.resolve();
    }
  };
}

/** Starts oidc-provider on a free port; its tokens live for `lifetimeSeconds`. */
export async function startOAuthServer(test: Cleaner, lifetimeSeconds: number): Promise<OAuthServer> {
  const specifier: string = 'oidc-provider';
  const { default: Provider } = (await import(specifier)) as { default: ProviderClass };
  const clients = new Map<string, string>();
  let handler: RequestListener = () => undefined;
  const server = createServer((request, response) => handler(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let issued = 0;
  const provider = new Provider(issuer, {
    adapter: adapterOver(clients),
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    ttl: { ClientCredentials: () => (issued++, lifetimeSeconds) },
  });
  handler = provider.callback();
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  test.after(close);
  return {
    tokenUrl: `${issuer}/token`,
    clients,
    issued: () => issued,
    clientOf: async (token) => (await provider.ClientCredentials.find(token))?.clientId,
    revoke: async (token) => (await provider.ClientCredentials.find(token))?.destroy(),
    close,
  };
}
