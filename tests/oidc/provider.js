// Certified providers of OpenID Connect on this machine, as a line of JSON configures them; further lines are orders.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

const providers = new Map();

function configured(entry) {
  const { issuer, clients, jwks, accounts, resources, scopes } = entry.settings;
  // Asked for at each token, so that an order changes them without the provider forgetting whom it knows.
  const lives = Object.keys(entry.settings.ttl).map((kind) => [kind, () => entry.settings.ttl[kind]]);
  const provider = new Provider(issuer, {
    clients,
    jwks,
    ttl: Object.fromEntries(lives),
    scopes: ['openid', 'offline_access', ...Object.keys(scopes)],
    claims: { openid: ['sub'], acr: null, sid: null, auth_time: null, ...scopes },
    acrValues: ['eidas1', 'eidas2'],
    cookies: { keys: ['not a secret: only tests talk to this'] },
    pkce: { required: () => true },
    issueRefreshToken: (ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    // Orders to sign out go to this machine, which the provider would otherwise not talk to.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    findAccount: (ctx, id) =>
      accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
    extraTokenClaims: (ctx, token) => (token.accountId ? accounts[token.accountId] : undefined),
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      jwtUserinfo: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, indicator) => ({
          scope: 'api',
          audience: indicator,
          accessTokenFormat: 'jwt',
          accessTokenTTL: resources[indicator]?.ttl ?? 600,
          jwt: { sign: { alg: resources[indicator]?.alg ?? 'RS256' } },
        }),
      },
    },
  });
  provider.on('backchannel.error', (ctx, error) => console.error('backchannel', error.message));
  provider.on('server_error', (ctx, error) => console.error('server', error));
  return provider;
}

function listen(name) {
  const { server, port } = providers.get(name);
  return new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
}

const orders = {
  async start({ name, port, ...settings }) {
    const entry = { port, settings, down: false };
    entry.handle = configured(entry).callback();
    entry.requests = {};
    entry.server = createServer((request, response) => {
      const path = request.url.split('?')[0];
      entry.requests[path] = (entry.requests[path] ?? 0) + 1;
      entry.handle(request, response);
    });
    providers.set(name, entry);
    await listen(name);
  },
  // Other lifetimes from now on.
  async live({ name, ttl }) {
    providers.get(name).settings.ttl = ttl;
  },
  // Other keys from now on, as after a restart: nobody is signed in any more.
  async rotate({ name, jwks }) {
    const entry = providers.get(name);
    entry.settings.jwks = jwks;
    entry.handle = configured(entry).callback();
  },
  async stop({ name }) {
    const { server } = providers.get(name);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  },
  async resume({ name }) {
    await listen(name);
  },
  async count({ name, path }) {
    return providers.get(name).requests[path] ?? 0;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { order, ...given } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ done: (await orders[order](given)) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.stack) }));
  }
}
process.exit(0);
