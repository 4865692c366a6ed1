import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { selfSignedCertificate } from '../../local-cloud/sts/certificate.ts';
import { type Probe, plainProbe, prunedProbe } from './load-probe.ts';
import type { At } from './probe.ts';
import { type RawServer, startRawServer } from './raw-server.ts';

let pruned: Probe;
let plain: Probe;
let server: RawServer;
let tlsServer: RawServer;

beforeAll(async () => {
  [pruned, plain] = await Promise.all([prunedProbe(), plainProbe()]);
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

async function requestOf(call: (at: At) => Promise<unknown>, to: RawServer, securityToken?: string): Promise<string> {
  await call({ endpoint: to.address, securityToken }).catch(() => {});
  const [request = '', ...more] = to.taken();
  expect(more).toEqual([]);
  return lasting(request);
}

const names = [
  'DetachKeyPair',
  'DescribeInstances by ids',
  'DescribeInstances by tags, the next page',
  'DescribeKeyPairs',
  'RebootInstances',
  'InvokeFunction of FC 3.0',
  'InvokeFunction of FC 2.0',
] as const;

describe('the pruned SDKs send byte for byte what those of node_modules send', () => {
  describe.each([
    ['with an access key', undefined],
    ['with temporary credentials', 'CAIS+probe/token=='],
  ])('%s', (_, token) => {
    it.each(names)('%s', async (name) => {
      const expected = await requestOf(plain.calls[name], server, token);
      expect(expected).toMatch(/^POST \S+ HTTP\/1\.1\r\n/);
      expect(await requestOf(pruned.calls[name], server, token)).toBe(expected);
    });

    it('AssumeRole', async () => {
      const expected = await requestOf(plain.assumeRole, tlsServer, token);
      expect(expected).toMatch(/^POST \S+ HTTP\/1\.1\r\n/);
      expect(await requestOf(pruned.assumeRole, tlsServer, token)).toBe(expected);
    });
  });

  it('the signature included', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-11-24T08:00:00Z'), toFake: ['Date'] });
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const request = async ({ calls }: Probe) => {
      await calls.DetachKeyPair({ endpoint: server.address, securityToken: 'CAIS' });
      return server.taken();
    };
    const expected = await request(plain);
    expect(expected).toHaveLength(1);
    expect(await request(pruned)).toEqual(expected);
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
});
