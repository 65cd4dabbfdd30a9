// A real OpenID provider for the tests: client credentials in, JWT access tokens with the council's claims out.
//   node oidc_provider.mjs PORT KEY_NUMBER   (another number: other keys under the same issuer)
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const [port, keys] = [Number(process.argv[2]), process.argv[3] ?? '1'];
const issuer = `http://127.0.0.1:${port}`;
const jwk = (kind, options, alg, kid) => ({ ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }), use: 'sig', alg, kid });
const algorithms = { RS256: `rs-${keys}`, PS256: `ps-${keys}`, ES256: `es-${keys}` };

const provider = new Provider(issuer, {
  jwks: {
    keys: [
      jwk('rsa', { modulusLength: 2048 }, 'RS256', algorithms.RS256),
      jwk('rsa', { modulusLength: 2048 }, 'PS256', algorithms.PS256),
      jwk('ec', { namedCurve: 'P-256' }, 'ES256', algorithms.ES256),
    ],
  },
  // One client for each member of staff: its id is the staff number, its roles and areas stand in its metadata.
  clients: [
    { client_id: 'E2001', client_secret: 'secret', grant_types: ['client_credentials'], redirect_uris: [], response_types: [], roles: 'health_safety_adviser', areas: 'Housing' },
    { client_id: 'E1001', client_secret: 'secret', grant_types: ['client_credentials'], redirect_uris: [], response_types: [], roles: 'employee', areas: 'Housing' },
    // As a directory makes them: `sub` is no staff number, roles and areas are groups' ids; an application has app roles.
    ...Object.entries({
      head: { employeeid: 'e4711', name: 'A. Head', groups: ['6f0c2f3e-0a4e-4f7c-9a59-2d3f5a1c7b10', '1b2d8c1a-55d0-4c52-8a34-0f6b1e9d2c77', '77aa0000-0a4e-4f7c-9a59-2d3f5a1c7b10'] },
      nobody: { groups: ['6f0c2f3e-0a4e-4f7c-9a59-2d3f5a1c7b10'] },
      system: { roles: ['crm'] },
    }).map(([client_id, claims]) => ({ client_id, client_secret: 'secret', grant_types: ['client_credentials'], redirect_uris: [], response_types: [], claims: JSON.stringify(claims) })),
  ],
  extraClientMetadata: { properties: ['roles', 'areas', 'claims'] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: (_, resource) => ({
        scope: '',
        audience: resource.includes('elsewhere') ? 'another' : 'evenhand',
        accessTokenTTL: 600,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: resource.split('/').pop() in algorithms ? resource.split('/').pop() : 'RS256' } },
      }),
    },
  },
  extraTokenClaims: (_, token) => token.client.claims ? JSON.parse(token.client.claims) : ({ sub: token.clientId, name: 'A. Person', roles: token.client.roles.split(','), service_areas: token.client.areas.split(',') }),
});
provider.listen(port, '127.0.0.1', () => console.log('ready'));
