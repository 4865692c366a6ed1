import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { selfSignedCertificate } from '../local-cloud/sts/certificate.ts';
import { plainCalls, prunedPorts } from './load-calls.ts';
import type { At } from './plain.ts';
import { type RawServer, startRawServer } from './raw-server.ts';

type Calls = Record<string, (at: At) => Promise<unknown>>;

let ours: Calls;
let plain: Calls;
let server: RawServer;
let tlsServer: RawServer;

beforeAll(async () => {
  [{ calls: ours }, { calls: plain }] = await Promise.all([prunedPorts(), plainCalls()]);
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

async function requestOf(calls: Calls, name: string, securityToken?: string): Promise<string> {
  const to = name === 'AssumeRole' ? tlsServer : server;
  await calls[name]?.({ host: to.address, securityToken }).catch(() => {});
  const [request = '', ...more] = to.taken();
  expect(more).toEqual([]);
  return request;
}

const names = [
  'DetachKeyPair',
  'DescribeInstances by ids',
  'DescribeInstances by tags, the next page',
  'DescribeKeyPairs',
  'RebootInstances',
  'InvokeFunction of FC 3.0',
  'InvokeFunction of FC 2.0',
  'AssumeRole',
];

describe('the bundle sends byte for byte what the SDKs of node_modules send', () => {
  describe.each([
    ['with an access key', undefined],
    ['with temporary credentials', 'CAIS+probe/token=='],
  ])('%s', (_, token) => {
    it.each(names)('%s', async (name) => {
      const expected = lasting(await requestOf(plain, name, token));
      expect(expected).toMatch(/^POST \S+ HTTP\/1\.1\r\n/);
      expect(lasting(await requestOf(ours, name, token))).toBe(expected);
    });
  });

  it('the signature included', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-11-24T08:00:00Z'), toFake: ['Date'] });
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const expected = await requestOf(plain, 'DetachKeyPair', 'CAIS');
    expect(expected).toMatch(/Signature=\w{64}\r\n/);
    expect(await requestOf(ours, 'DetachKeyPair', 'CAIS')).toBe(expected);
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
});
