import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { selfSignedCertificate } from '../../local-cloud/sts/certificate.ts';
import { bundledPorts, type Ports } from './bundled-ports.ts';
import * as sources from './ports.ts';
import { published } from './published.ts';
import { type RawServer, startRawServer } from './raw-server.ts';

let bundled: Ports;
let server: RawServer;
let tlsServer: RawServer;

beforeAll(async () => {
  bundled = await bundledPorts();
  server = await startRawServer();
  tlsServer = await startRawServer(selfSignedCertificate());
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([server.close(), tlsServer.close()]);
});

/** What differs between any two requests: the time, the nonce, and the signature over them. */
function lasting(request: string): string {
  return request
    .replace(/^((?:x-acs-)?date|x-acs-signature-nonce|authorization: (?:FC|acs)): .*$/gim, '$1: …')
    .replace(/\bSignature=\w+/, 'Signature=…')
    .replace(/^(authorization: FC \w+):.*$/im, '$1:…')
    .replace(/\b(Timestamp|SignatureNonce|Signature)=[^&\s]+/g, '$1=…');
}

async function requestOf(call: (at: sources.At) => Promise<unknown>, to: RawServer, securityToken?: string) {
  await call({ endpoint: to.address, securityToken }).catch(() => {});
  const [request = '', ...more] = to.taken();
  expect(more).toEqual([]);
  expect(request).toMatch(/^(POST|GET|PUT) \S+ HTTP\/1\.1\r\n/);
  return lasting(request);
}

const CALLS = { ...sources.ecsCalls, ...sources.fc3Calls };
const operations = Object.keys(published).filter((name): name is keyof typeof CALLS => name in CALLS);

describe.each([
  ['with an access key', undefined],
  ['with temporary credentials', 'CAIS+probe/token=='],
])('%s', (_, token) => {
  it.each(operations)('the bundle sends byte for byte what the published client sends: %s', async (name) => {
    const expected = await requestOf(published[name], server, token);
    const calls = { ...bundled.ecsCalls, ...bundled.fc3Calls };
    expect(await requestOf(calls[name], server, token)).toBe(expected);
  });

  it('the bundle sends what the sources send by packages of few requests: InvokeFunction of FC 2.0', async () => {
    const name = 'InvokeFunction of FC 2.0';
    const expected = await requestOf(sources.lazyCalls[name], server, token);
    expect(await requestOf(bundled.lazyCalls[name], server, token)).toBe(expected);
  });

  it('the bundle sends what the sources send by packages of few requests: AssumeRole', async () => {
    const expected = await requestOf(sources.assumeRoleAt, tlsServer, token);
    expect(await requestOf(bundled.assumeRoleAt, tlsServer, token)).toBe(expected);
  });
});

it('the comparison is over every operation of the two', () => {
  expect(operations).toHaveLength(Object.keys(CALLS).length);
});

it('the signature is that of the published client for the same time and nonce', async () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-24T08:00:00Z'), toFake: ['Date'] });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  const taken = async (call: (at: sources.At) => Promise<unknown>) => {
    await call({ endpoint: server.address, securityToken: 'CAIS' }).catch(() => {});
    return server.taken();
  };
  const expected = await taken(published.DetachKeyPair);
  expect(expected).toHaveLength(1);
  expect(await taken(bundled.ecsCalls.DetachKeyPair)).toEqual(expected);
  vi.useRealTimers();
  vi.restoreAllMocks();
});
