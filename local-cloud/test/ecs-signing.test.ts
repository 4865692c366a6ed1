import { afterEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../cloud.ts';
import type { Pair } from '../http/wire-request.ts';
import { acs3CanonicalRequest, acs3Signature, sha256Hex } from '../signature/acs3.ts';
import { json } from './echo.ts';
import { rpcCall, rpcJson, signedUrl } from './rpc-call.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

describe('RPC signature 1.0', () => {
  it('may be made with HMAC-SHA256', async () => {
    cloud = await startLocalCloud();
    const parameters = { SignatureMethod: 'HMAC-SHA256' };
    const url = signedUrl(cloud.ecs.endpoint, cloud.ecs.credentials, 'DescribeKeyPairs', parameters);
    expect((await fetch(url)).status).toBe(200);
  });

  it.each([
    [{ Timestamp: '2020-01-02T03:04:05Z' }, 400, 'InvalidTimeStamp.Expired'],
    [{ Timestamp: 'yesterday' }, 400, 'InvalidTimeStamp.Format'],
    [{ SignatureNonce: undefined }, 400, 'MissingSignatureNonce'],
    [{ SignatureVersion: '2.0' }, 400, 'InvalidSignatureVersion'],
    [{ Version: '2014-05-27' }, 400, 'InvalidVersion'],
    [{ AccessKeyId: 'nobody' }, 404, 'InvalidAccessKeyId.NotFound'],
    [{ Action: 'DoSomething' }, 404, 'InvalidAction.NotFound'],
  ])('is refused for %j', async (parameters, status, code) => {
    cloud = await startLocalCloud();
    expect(await rpcJson(cloud, 'DescribeKeyPairs', parameters)).toMatchObject({ status, body: { Code: code } });
  });

  it('is refused when the same request comes again', async () => {
    cloud = await startLocalCloud();
    const url = signedUrl(cloud.ecs.endpoint, cloud.ecs.credentials, 'DescribeKeyPairs', {});
    expect((await fetch(url)).status).toBe(200);
    const again = await fetch(url);
    expect([again.status, json(await again.text())]).toMatchObject([400, { Code: 'SignatureNonceUsed' }]);
  });

  it('is refused with a parameter that was not signed', async () => {
    cloud = await startLocalCloud();
    const url = signedUrl(cloud.ecs.endpoint, cloud.ecs.credentials, 'DescribeKeyPairs', {});
    expect(json(await (await fetch(`${url}&KeyPairName=x`)).text())).toMatchObject({ Code: 'SignatureDoesNotMatch' });
  });
});

describe('ACS3-HMAC-SHA256', () => {
  const EMPTY = sha256Hex('');

  /** Signs `headers`, then sends them with `more` on top. */
  async function send(headers: Record<string, string> = {}, more: Record<string, string> = {}, body?: string) {
    const host = cloud.ecs.endpoint.replace('http://', '');
    const all = {
      'x-acs-action': 'DescribeKeyPairs',
      'x-acs-version': '2014-05-26',
      'x-acs-content-sha256': EMPTY,
      'x-acs-date': new Date().toISOString().replace(/\.\d+/, ''),
      'x-acs-signature-nonce': String(Math.random()),
      ...headers,
    };
    const pairs: Pair[] = [...Object.entries(all), ['host', host]];
    const signedHeaders = pairs.map(([name]) => name).sort();
    const query: Pair[] = [['RegionId', 'cn-hangzhou']];
    const payloadHash = all['x-acs-content-sha256'];
    const canonical = acs3CanonicalRequest({
      method: 'POST',
      path: '/',
      query,
      headers: pairs,
      signedHeaders,
      payloadHash,
    });
    const { accessKeyId, accessKeySecret } = cloud.ecs.credentials;
    const signature = acs3Signature(canonical, accessKeySecret);
    const authorization = `ACS3-HMAC-SHA256 Credential=${accessKeyId},SignedHeaders=${signedHeaders.join(';')},Signature=${signature}`;
    const response = await fetch(`${cloud.ecs.endpoint}/?RegionId=cn-hangzhou`, {
      method: 'POST',
      headers: { ...all, authorization, ...more },
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
    });
    const answer = { Code: undefined, ...json(await response.text()) };
    return answer.Code ?? response.status;
  }

  it('is believed', async () => {
    cloud = await startLocalCloud();
    expect(await send()).toBe(200);
  });

  it('is refused stale, twice, with an unsigned x-acs header, with another body, and without sense', async () => {
    cloud = await startLocalCloud();
    expect(await send({ 'x-acs-date': '2020-01-02T03:04:05Z' })).toBe('InvalidTimeStamp.Expired');
    expect(await send({ 'x-acs-signature-nonce': 'same' })).toBe(200);
    expect(await send({ 'x-acs-signature-nonce': 'same' })).toBe('SignatureNonceUsed');
    expect(await send({}, { 'x-acs-extra': '1' })).toBe('IncompleteSignature');
    expect(await send({}, {}, 'a body')).toBe('InvalidContentSha256');
    expect(await send({}, { authorization: 'ACS3-HMAC-SHA256 whatever' })).toBe('IncompleteSignature');
    expect(await send({}, { 'x-acs-date': new Date(Date.now() + 5000).toISOString().replace(/\.\d+/, '') })).toBe(
      'SignatureDoesNotMatch',
    );
  });
});

it('words errors as ECS does', async () => {
  cloud = await startLocalCloud();
  const { text, headers } = await rpcCall(cloud, 'DoSomething');
  const body = { RequestId: undefined, ...json(text) };
  expect(body).toEqual({
    RequestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
    HostId: cloud.ecs.endpoint.replace('http://', ''),
    Code: 'InvalidAction.NotFound',
    Message: 'Specified api is not found, please check your url and method.',
    Recommend: expect.stringContaining(
      'https://api.aliyun.com/troubleshoot?q=InvalidAction.NotFound&product=Ecs&requestId=',
    ),
  });
  expect(headers.get('x-acs-request-id')).toBe(body.RequestId);
  expect(headers.get('content-type')).toBe('application/json;charset=utf-8');
});
