import { describe, expect, it } from 'vitest';
import type { Pair } from '../http/wire-request.ts';
import { type Acs3Request, acs3CanonicalRequest, acs3Signature, sha256Hex } from '../signature/acs3.ts';
import { rpcSignature, rpcStringToSign } from '../signature/rpc.ts';

const EMPTY_BODY = sha256Hex('');
const DATE = '2026-01-02T03:04:05Z';

describe('ACS3-HMAC-SHA256', () => {
  // The worked example of the page "V3 request structure and signature".
  it('computes the published example', () => {
    const request = signed('POST', '/', [
      ['ImageId', 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd'],
      ['RegionId', 'cn-shanghai'],
    ])([
      ['host', 'ecs.cn-shanghai.aliyuncs.com'],
      ['x-acs-action', 'RunInstances'],
      ['x-acs-content-sha256', EMPTY_BODY],
      ['x-acs-date', '2023-10-26T10:22:32Z'],
      ['x-acs-signature-nonce', '3156853299f313e23d1673dc12e1703d'],
      ['x-acs-version', '2014-05-26'],
    ]);
    const canonical = acs3CanonicalRequest(request);
    expect(sha256Hex(canonical)).toBe('7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259');
    expect(acs3Signature(canonical, 'YourAccessKeySecret')).toBe(
      '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    );
  });

  // aliyun/darabonba-openapi, ts/test/util.spec.ts; its requests have no method and no path.
  it.each([
    {
      query: [
        ['test', 'ok'],
        ['empty', ''],
      ],
      headers: [
        ['x-acs-TEST', 'https'],
        ['x-acs-test', 'http'],
      ],
      signedHeaders: ['x-acs-test'],
      signature: '0f2d549523cf082c83bb8135b5863614f7fe16ca7c2c7fc537e74d67374eeeac',
    },
    {
      query: [],
      headers: [],
      signedHeaders: [],
      signature: '608b887e491f3e88e85276b188a4d24e29230a559464685ccbf2dcc458e1fde8',
    },
  ] satisfies (Pick<Acs3Request, 'query' | 'headers' | 'signedHeaders'> & { signature: string })[])(
    'computes $signature of darabonba-openapi',
    ({ signature, ...parts }) => {
      const payloadHash = '55e12e91650d2fec56ec74e1d3e4ddbfce2ef3a65890c2a19ecf88a307e76a23';
      const canonical = acs3CanonicalRequest({ method: 'undefined', path: '', payloadHash, ...parts });
      expect(acs3Signature(canonical, 'secret')).toBe(signature);
    },
  );

  // Made with @alicloud/ecs20140526 and recomputed by an independent program.
  it.each([
    {
      name: 'DetachKeyPair',
      host: '127.0.0.1:8080',
      query: detachQuery('["i-bp1aaaa","i-bp1bbbb"]', "my key(1)!*'~"),
      hash: '554925cc4e1bd0dc4f626db09750c540425ba138533a62e7e4341114d2dbb00e',
      signature: '4be22dbb1054e3b4c6cf0fe019d7de10babd1acd0cb035138b13eacbea1313d4',
    },
    {
      name: 'DetachKeyPair',
      host: '127.0.0.1:8080',
      query: detachQuery('["i-bp1aaaa","i-bp1bbbb"]', "my key(1)!*'~"),
      token: 'TOK',
      hash: '63607c82199468f8586d0cd50b5f74db2611a016b63b88eecfe6eb1a818758ae',
      signature: '5e6ba90fc43d60117fa7c2a75f208d00c65f012bf38e8fdadbc2421421b21171',
    },
    {
      name: 'RebootInstances',
      host: 'ecs.cn-beijing.aliyuncs.com',
      query: [
        ['BatchOptimization', 'SuccessFirst'],
        ['DryRun', 'false'],
        ['ForceReboot', 'true'],
        ['InstanceId.1', 'i-1'],
        ['InstanceId.2', 'i-2'],
        ['InstanceId.10', 'i-10'],
        ['RegionId', 'cn-hangzhou'],
      ] satisfies Pair[],
      hash: '6793c19ea9b0588f1eead0562444a21d95c16be7002649941516dba0a59c4f61',
      signature: '4927cea1c3791e86b54cc3b578cf0e6dc773fcd6fe72e17dea655bfd0bffe5fe',
    },
    {
      name: 'DetachKeyPair',
      host: '127.0.0.1:8080',
      query: detachQuery('[]', '密钥:a_b-c'),
      hash: '2e955f5138ba0197e86287b8fab75ebc953ecf01e19ba4fe8e59ea7d8061c17b',
      signature: '165343ff7f5989798b2793f81c80af8695fba355484fdfaafd4856d49c3e354c',
    },
  ])('computes $signature of $name', ({ name, host, query, token, hash, signature }) => {
    const request = signed(
      'POST',
      '/',
      query,
    )([
      ['host', host],
      ['x-acs-action', name],
      ['x-acs-content-sha256', EMPTY_BODY],
      ['x-acs-credentials-provider', token === undefined ? 'static_ak' : 'static_sts'],
      ['x-acs-date', DATE],
      ['x-acs-signature-nonce', '0'.repeat(64)],
      ['x-acs-version', '2014-05-26'],
      ...(token === undefined ? [] : [pair('x-acs-accesskey-id', 'AKIDEXAMPLE'), pair('x-acs-security-token', token)]),
    ]);
    const canonical = acs3CanonicalRequest(request);
    expect(sha256Hex(canonical)).toBe(hash);
    expect(acs3Signature(canonical, 'SECRET')).toBe(signature);
  });
});

describe('RPC signature 1.0', () => {
  it('computes the example of the page "Sign a request"', () => {
    const stringToSign = rpcStringToSign('GET', [
      ['Action', 'DescribeRegions'],
      ['Format', 'XML'],
      ['AccessKeyId', 'testid'],
      ['Timestamp', '2016-02-23T12:46:24Z'],
      ['SignatureNonce', '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf'],
      ['SignatureMethod', 'HMAC-SHA1'],
      ['SignatureVersion', '1.0'],
      ['Version', '2014-05-26'],
    ]);
    expect(rpcSignature(stringToSign, 'testsecret')).toBe('OLeaidS1JvxuMvnyHOwuJ+uX5qY=');
  });

  // aliyun/darabonba-openapi, ts/test/util.spec.ts.
  it('computes the example of darabonba-openapi', () => {
    expect(rpcSignature(rpcStringToSign('', [['test', 'ok']]), 'accessKeySecret')).toBe('jHx/oHoHNrbVfhncHEvPdHXZwHU=');
  });

  it.each([
    ['POST', 'RZ8KUz+LzKtDgT+oGTjneyDpRsU='],
    ['GET', 'svbJF2y2BRzEHndOao2fDg++IIg='],
  ])('computes DetachKeyPair by %s', (method, signature) => {
    const stringToSign = rpcStringToSign(method, [
      ...detachQuery('["i-bp1aaaa","i-bp1bbbb"]', "my key(1)!*'~"),
      ['Action', 'DetachKeyPair'],
      ['Format', 'json'],
      ['Version', '2014-05-26'],
      ['Timestamp', DATE],
      ['SignatureNonce', '0'.repeat(32)],
      ['SignatureMethod', 'HMAC-SHA1'],
      ['SignatureVersion', '1.0'],
      ['AccessKeyId', 'AKIDEXAMPLE'],
    ]);
    expect(rpcSignature(stringToSign, 'SECRET')).toBe(signature);
  });
});

function signed(method: string, path: string, query: readonly Pair[]) {
  return (headers: readonly Pair[]): Acs3Request => ({
    method,
    path,
    query,
    headers,
    signedHeaders: headers.map(([name]) => name).sort(),
    payloadHash: EMPTY_BODY,
  });
}

function detachQuery(instanceIds: string, keyPairName: string): Pair[] {
  return [pair('InstanceIds', instanceIds), pair('KeyPairName', keyPairName), pair('RegionId', 'cn-hangzhou')];
}

function pair(name: string, value: string): Pair {
  return [name, value];
}
