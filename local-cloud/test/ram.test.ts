import OpenApiModule, { $OpenApiUtil } from '@alicloud/openapi-core';
import RamModule, * as models from '@alicloud/ram20150501';
import { RuntimeOptions } from '@darabonba/typescript';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../cloud.ts';
import type { AccessKey } from '../signature/access-keys.ts';
import { failure, unwrap } from './clients.ts';

const RamClient = unwrap(RamModule);
const OpenApiClient = unwrap(OpenApiModule);

let cloud: LocalCloud;
beforeEach(async () => {
  cloud = await startLocalCloud();
});
afterEach(() => cloud.stop());

const TRUST =
  '{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["x"]}}]}';
const DOCUMENT = '{"Version":"1","Statement":[{"Effect":"Allow","Action":"ecs:DetachKeyPair","Resource":"*"}]}';

function config(endpoint: string, key: AccessKey = cloud.ecs.credentials) {
  return new $OpenApiUtil.Config({ ...key, endpoint: endpoint.replace('http://', ''), protocol: 'HTTP' });
}

const ram = (key?: AccessKey) => new RamClient(config(cloud.ram.endpoint, key));

/** The same client as @alicloud/mns_open20220119, which only adds models. */
async function callQueues(action: string, query: Record<string, string>) {
  const params = new $OpenApiUtil.Params({
    ...{ action, version: '2022-01-19', protocol: 'HTTPS', pathname: '/', method: 'POST', authType: 'AK' },
    ...{ style: 'RPC', reqBodyType: 'formData', bodyType: 'json' },
  });
  const client = new OpenApiClient(config(cloud.ram.endpoint));
  const request = new $OpenApiUtil.OpenApiRequest({ query });
  const { body } = await client.callApi(params, request, new RuntimeOptions({}));
  return body;
}

function createPolicy(policyName = 'detach') {
  return ram().createPolicy(new models.CreatePolicyRequest({ policyName, policyDocument: DOCUMENT, description: 'd' }));
}

function createRole(roleName = 'fc') {
  return ram().createRole(
    new models.CreateRoleRequest({ roleName, assumeRolePolicyDocument: TRUST, description: 'r' }),
  );
}

describe('RAM through @alicloud/ram20150501', () => {
  it('keeps a role, and shows it with its ARN', async () => {
    await createRole();
    const { body } = await ram().getRole(new models.GetRoleRequest({ roleName: 'fc' }));
    expect(body?.role).toMatchObject({
      arn: `acs:ram::${cloud.accountId}:role/fc`,
      assumeRolePolicyDocument: TRUST,
      description: 'r',
    });
    expect(await failure(createRole())).toMatchObject({ code: 'EntityAlreadyExists.Role' });
  });

  it('updates what of a role is given', async () => {
    await createRole();
    await ram().updateRole(new models.UpdateRoleRequest({ roleName: 'fc', newDescription: 'new' }));
    const { body } = await ram().getRole(new models.GetRoleRequest({ roleName: 'fc' }));
    expect(body?.role).toMatchObject({ description: 'new', assumeRolePolicyDocument: TRUST });
  });

  it('keeps five versions of a policy at most, and makes room only when told so', async () => {
    await createPolicy();
    const version = (rotateStrategy?: string) =>
      ram().createPolicyVersion(
        new models.CreatePolicyVersionRequest({
          ...{ policyName: 'detach', policyDocument: DOCUMENT, setAsDefault: true },
          ...(rotateStrategy !== undefined && { rotateStrategy }),
        }),
      );
    for (let n = 2; n <= 5; n++) await version();
    expect(await failure(version())).toMatchObject({ code: 'LimitExceeded.Policy.Version' });
    await version('DeleteOldestNonDefaultVersionWhenLimitExceeded');
    expect(cloud.ram.account.policies.get('detach')?.versions.map(({ id }) => id)).toEqual([
      'v2',
      'v3',
      'v4',
      'v5',
      'v6',
    ]);
    const get = new models.GetPolicyRequest({ policyName: 'detach', policyType: 'Custom' });
    const { body } = await ram().getPolicy(get);
    expect(body?.policy).toMatchObject({ defaultVersion: 'v6' });
    expect(body?.defaultPolicyVersion).toMatchObject({ policyDocument: DOCUMENT });
  });

  it('shows one version, and has a description to change', async () => {
    await createPolicy();
    const get = (versionId: string) =>
      ram().getPolicyVersion(
        new models.GetPolicyVersionRequest({ policyName: 'detach', policyType: 'Custom', versionId }),
      );
    expect((await get('v1')).body?.policyVersion).toMatchObject({ isDefaultVersion: true, policyDocument: DOCUMENT });
    expect(await failure(get('v2'))).toMatchObject({ code: 'EntityNotExist.Policy.Version' });
    const describe = { policyName: 'detach', newDescription: 'new' };
    await ram().updatePolicyDescription(new models.UpdatePolicyDescriptionRequest(describe));
    expect(cloud.ram.account.policies.get('detach')?.description).toBe('new');
  });

  it('attaches a policy once', async () => {
    await createPolicy();
    await createRole();
    const attach = (policyName: string, policyType = 'Custom') =>
      ram().attachPolicyToRole(new models.AttachPolicyToRoleRequest({ policyType, policyName, roleName: 'fc' }));
    await attach('detach');
    await attach('AdministratorAccess', 'System');
    expect(await failure(attach('detach'))).toMatchObject({ code: 'EntityAlreadyExists.Role.Policy' });
    expect(await failure(attach('another'))).toMatchObject({ code: 'EntityNotExist.Policy' });
    const list = await ram().listPoliciesForRole(new models.ListPoliciesForRoleRequest({ roleName: 'fc' }));
    expect(list.body?.policies?.policy).toMatchObject([
      { policyType: 'Custom', policyName: 'detach' },
      { policyType: 'System', policyName: 'AdministratorAccess' },
    ]);
  });

  it.each([
    ['an unknown role', () => ram().getRole(new models.GetRoleRequest({ roleName: 'x' })), 'EntityNotExist.Role'],
    ['a name with a slash', () => createRole('a/b'), 'InvalidParameter.RoleName.InvalidChars'],
    ['a name that is too long', () => createRole('a'.repeat(65)), 'InvalidParameter.RoleName.Length'],
    ['a policy name with a dot', () => createPolicy('a.b'), 'InvalidParameter.PolicyName.InvalidChars'],
    [
      'a document that is none',
      () => ram().createPolicy(new models.CreatePolicyRequest({ policyName: 'a', policyDocument: '{"Version":"1"}' })),
      'MalformedPolicyDocument',
    ],
    [
      'a document that is too long',
      () => ram().createPolicy(new models.CreatePolicyRequest({ policyName: 'a', policyDocument: ' '.repeat(6145) })),
      'InvalidParameter.PolicyDocument.Length',
    ],
  ])('refuses %s', async (_, call, code) => {
    expect(await failure(call())).toMatchObject({ code });
  });

  it('checks the signature, and then the permissions', async () => {
    const { accessKeyId } = cloud.ecs.credentials;
    const get = new models.GetRoleRequest({ roleName: 'fc' });
    const wrong = await failure(ram({ accessKeyId, accessKeySecret: 'wrong' }).getRole(get));
    expect(wrong).toMatchObject({ code: 'SignatureDoesNotMatch' });
    cloud.ram.permissions.deny('GetRole');
    expect(await failure(ram().getRole(get))).toMatchObject({ code: 'NoPermission', statusCode: 403 });
    expect(cloud.ram.calls.map(({ code }) => code)).toEqual(['SignatureDoesNotMatch', 'NoPermission']);
  });

  it('can lose an answer', async () => {
    cloud.ram.script('CreateRole', [{ kind: 'reset', applied: true }]);
    await failure(createRole());
    expect(cloud.ram.account.roles.has('fc')).toBe(true);
  });
});

describe('the queue service', () => {
  it('keeps a queue, and takes the same creation twice', async () => {
    const queue = { QueueName: 'failures', MessageRetentionPeriod: '604800' };
    expect(await callQueues('CreateQueue', queue)).toMatchObject({ Success: true, Code: 201 });
    expect(await callQueues('CreateQueue', queue)).toMatchObject({ Success: true, Code: 204 });
    const other = callQueues('CreateQueue', { QueueName: 'failures' });
    expect(await failure(other)).toMatchObject({ code: 'QueueAlreadyExist' });
    expect(await callQueues('GetQueueAttributes', { QueueName: 'failures' })).toMatchObject({
      Data: { QueueName: 'failures', MessageRetentionPeriod: 604_800 },
    });
  });

  it.each([
    ['GetQueueAttributes', { QueueName: 'none' }, 'QueueNotExist'],
    ['CreateQueue', { QueueName: '-x' }, 'InvalidParameter.QueueName.InvalidChars'],
    ['DeleteQueue', { QueueName: 'none' }, 'InvalidAction.NotFound'],
  ])('refuses %s %j', async (action, query, code) => {
    expect(await failure(callQueues(action, query))).toMatchObject({ code });
  });
});
