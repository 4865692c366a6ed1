import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../cloud.ts';
import { selfSignedCertificate } from '../sts/certificate.ts';
import { integer } from '../sts/der.ts';
import { failure, models, sdkClient } from './clients.ts';
import { json } from './echo.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const ROLE_ARN = 'acs:ram::2222222222222222:role/detach';

/** A function that assumes a role through @alicloud/credentials: only a process of its own reads NODE_EXTRA_CA_CERTS. */
async function start(externalId?: string) {
  const code = fileURLToPath(new URL('fixtures/assume-role.cjs', import.meta.url));
  const environment = { CREDENTIALS_PACKAGE: fileURLToPath(import.meta.resolve('@alicloud/credentials')) };
  cloud = await startLocalCloud({ instances: 2, functions: { assume: { code, environment } } });
  cloud.sts.addRole({ roleArn: ROLE_ARN, instances: 3, ...(externalId === undefined ? {} : { externalId }) });
  const assume = async (options: Record<string, unknown> = {}) => {
    const { payload } = await cloud.fc.invoke('assume', {
      roleArn: ROLE_ARN,
      roleSessionName: 'request-1',
      ...options,
    });
    return json(payload);
  };
  return { ...cloud, assume };
}

describe('AssumeRole through @alicloud/credentials', () => {
  it('gives a temporary key of the other account', async () => {
    const { assume, ecs, sts } = await start();
    const key = { accessKeyId: '', accessKeySecret: '', ...(await assume()) };
    expect(key.accessKeyId).toMatch(/^STS\./);
    expect(sts.calls).toMatchObject([{ roleArn: ROLE_ARN, roleSessionName: 'request-1', status: 200 }]);
    const client = sdkClient(ecs.endpoint, key);
    const { body } = await client.describeInstances(new models.DescribeInstancesRequest({ regionId: 'cn-hangzhou' }));
    expect(body?.totalCount).toBe(3);
    expect(ecs.bound('leaked-key', '2222222222222222')).toHaveLength(3);
    ecs.expireCredentials();
    const error = await failure(
      client.describeInstances(new models.DescribeInstancesRequest({ regionId: 'cn-hangzhou' })),
    );
    expect(error).toMatchObject({ code: 'InvalidSecurityToken.Expired' });
  });

  it('asks for the external id when the role has one', async () => {
    const { assume } = await start('secret-word');
    expect(await assume()).toMatchObject({ errorMessage: expect.stringContaining('NoPermission') });
    expect(await assume({ externalId: 'secret-word' })).toMatchObject({ securityToken: expect.any(String) });
  });

  it.each([
    [{ roleArn: 'acs:ram::3333333333333333:role/nobody' }, 'EntityNotExist.Role'],
    [{ roleSessionName: 'no spaces' }, 'InvalidParameter.RoleSessionName'],
    [{ roleArn: 'nonsense' }, 'InvalidParameter.RoleArn'],
    [{ accessKeySecret: 'wrong' }, 'the access key secret is invalid'],
  ])('refuses %j', async (options, message) => {
    const { assume } = await start();
    expect(await assume(options)).toMatchObject({ errorMessage: expect.stringContaining(message) });
  });

  it('can be cut off', async () => {
    const { assume, sts } = await start();
    sts.onCall('AssumeRole', () => ({ kind: 'reset', applied: false }));
    expect(await assume()).toMatchObject({ errorMessage: expect.stringMatching(/ECONNRESET|hang up/) });
  });

  it('can fail', async () => {
    const { assume, sts } = await start();
    sts.script('AssumeRole', [{ kind: 'answer', status: 500, code: 'InternalError' }]);
    expect(await assume()).toMatchObject({ errorMessage: expect.stringContaining('InternalError') });
    expect(sts.calls).toMatchObject([{ status: 500, code: 'InternalError', fault: 'answer' }]);
  });
});

describe('the certificate', () => {
  it('is for this machine and signs itself', async () => {
    const { sts } = await start();
    const certificate = new X509Certificate(readFileSync(sts.caFile));
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    await cloud.stop();
    expect(existsSync(sts.caFile)).toBe(false);
  });

  it('is another one each time', () => {
    expect(selfSignedCertificate().cert).not.toBe(selfSignedCertificate().cert);
  });

  it.each([
    [0n, '020100'],
    [1n, '020101'],
    [0x7fn, '02017f'],
    [0x80n, '02020080'],
    [0x0123n, '02020123'],
    [0xff00n, '020300ff00'],
  ])('writes the integer %d in as few bytes as it takes', (value, der) => {
    expect(integer(value).toString('hex')).toBe(der);
  });
});
