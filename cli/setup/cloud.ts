import OpenApiUtil from '@alicloud/openapi-core/dist/utils.js';
import { AttachPolicyToRoleRequest } from '@alicloud/ram20150501/dist/models/AttachPolicyToRoleRequest.js';
import { CreatePolicyRequest } from '@alicloud/ram20150501/dist/models/CreatePolicyRequest.js';
import { CreatePolicyVersionRequest } from '@alicloud/ram20150501/dist/models/CreatePolicyVersionRequest.js';
import { CreateRoleRequest } from '@alicloud/ram20150501/dist/models/CreateRoleRequest.js';
import { GetPolicyRequest } from '@alicloud/ram20150501/dist/models/GetPolicyRequest.js';
import { GetRoleRequest } from '@alicloud/ram20150501/dist/models/GetRoleRequest.js';
import { ListPoliciesForRoleRequest } from '@alicloud/ram20150501/dist/models/ListPoliciesForRoleRequest.js';
import { UpdatePolicyDescriptionRequest } from '@alicloud/ram20150501/dist/models/UpdatePolicyDescriptionRequest.js';
import { UpdateRoleRequest } from '@alicloud/ram20150501/dist/models/UpdateRoleRequest.js';
import type { Model } from '@darabonba/typescript';
import type { Credentials } from '../../shared/config/credentials.ts';
import { CallError } from '../../shared/ecs/call-error.ts';
import { isRecord, recordOf, textOf, type UnknownRecord } from '../../shared/record.ts';
import { cloudCall } from './cloud-call.ts';
import type { AttachedPolicy, ExistingPolicy, ExistingRole } from './existing.ts';

/** RAM and the queue service (SMQ), as far as setup needs them. Each throws `CallError`. */
export type Cloud = ReturnType<typeof connectCloud>;

export type CloudEndpoints = { readonly ram: string; readonly mns: string };

export function connectCloud(endpoints: CloudEndpoints, credentials: Credentials) {
  const callRam = cloudCall({ endpoint: endpoints.ram, version: '2015-05-01' }, credentials);
  // SMQ's own API: https://www.alibabacloud.com/help/en/mns/createqueue
  const callQueues = cloudCall({ endpoint: endpoints.mns, version: '2022-01-19' }, credentials);
  const ram = (action: string, request: Model) => callRam(action, OpenApiUtil.query(request.toMap()));

  return {
    async policy(policyName: string): Promise<ExistingPolicy | undefined> {
      const get = new GetPolicyRequest({ policyName, policyType: 'Custom' });
      const found = await unless('EntityNotExist.Policy', ram('GetPolicy', get));
      if (!found) return undefined;
      const { Description } = recordOf(found['Policy']);
      const { PolicyDocument } = recordOf(found['DefaultPolicyVersion']);
      return { description: textOf(Description) ?? '', document: required(PolicyDocument, 'GetPolicy') };
    },

    async role(roleName: string): Promise<ExistingRole | undefined> {
      const found = await unless('EntityNotExist.Role', ram('GetRole', new GetRoleRequest({ roleName })));
      if (!found) return undefined;
      const list = await ram('ListPoliciesForRole', new ListPoliciesForRoleRequest({ roleName }));
      const { Description, AssumeRolePolicyDocument } = recordOf(found['Role']);
      return {
        description: textOf(Description) ?? '',
        trust: required(AssumeRolePolicyDocument, 'GetRole'),
        attached: attachedIn(list),
      };
    },

    async hasQueue(QueueName: string): Promise<boolean> {
      const found = await unless(NO_QUEUE, callQueues('GetQueueAttributes', { QueueName }));
      if (!found) return false;
      if (recordOf(found['Data'])['QueueName'] === QueueName) return true;
      throw CallError.unreadable('GetQueueAttributes gave no queue');
    },

    async createQueue(QueueName: string, retentionSeconds: number): Promise<void> {
      const query = { QueueName, MessageRetentionPeriod: String(retentionSeconds) };
      const { Success } = await callQueues('CreateQueue', query);
      if (Success !== true) throw CallError.unreadable('CreateQueue did not say that it has made the queue');
    },

    async createPolicy(policyName: string, policyDocument: string, description: string): Promise<void> {
      await ram('CreatePolicy', new CreatePolicyRequest({ policyName, policyDocument, description }));
    },

    /** A new version, in force at once. A policy has at most 5: the oldest one that is not in force makes room. */
    async updatePolicy(policyName: string, policyDocument: string): Promise<void> {
      const rotateStrategy = 'DeleteOldestNonDefaultVersionWhenLimitExceeded';
      const version = { policyName, policyDocument, setAsDefault: true, rotateStrategy };
      await ram('CreatePolicyVersion', new CreatePolicyVersionRequest(version));
    },

    async describePolicy(policyName: string, newDescription: string): Promise<void> {
      await ram('UpdatePolicyDescription', new UpdatePolicyDescriptionRequest({ policyName, newDescription }));
    },

    async createRole(roleName: string, assumeRolePolicyDocument: string, description: string): Promise<void> {
      await ram('CreateRole', new CreateRoleRequest({ roleName, assumeRolePolicyDocument, description }));
    },

    async updateRole(roleName: string, newAssumeRolePolicyDocument: string, newDescription: string): Promise<void> {
      await ram('UpdateRole', new UpdateRoleRequest({ roleName, newAssumeRolePolicyDocument, newDescription }));
    },

    async attachPolicy(policyName: string, roleName: string): Promise<void> {
      const attach = new AttachPolicyToRoleRequest({ policyType: 'Custom', policyName, roleName });
      // Attached already: by a call whose answer was lost, or by another run beside this one.
      await unless('EntityAlreadyExists.Role.Policy', ram('AttachPolicyToRole', attach));
    },
  };
}

// The first is the documented one; aliyun/terraform-provider-alicloud, service_alicloud_message_service_v2.go, knows three.
const NO_QUEUE = ['QueueNotExist', 'ResourceNotFound:QueueName', 'RESOURCE_NOT_FOUND'];

/** The answer; `undefined` where the service refuses with one of these codes. */
async function unless(
  codes: string | readonly string[],
  call: Promise<UnknownRecord>,
): Promise<UnknownRecord | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof CallError && error.code !== undefined && [codes].flat().includes(error.code)) return undefined;
    throw error;
  }
}

/** Unread is not absent: a document that cannot be seen must not pass for one that may be replaced. */
function required(value: unknown, action: string): string {
  const text = textOf(value);
  if (text === undefined) throw CallError.unreadable(`${action} gave no document`);
  return text;
}

function attachedIn(list: UnknownRecord): AttachedPolicy[] {
  const { Policy = [] } = recordOf(list['Policies']);
  if (!isRecord(list['Policies']) || !Array.isArray(Policy))
    throw CallError.unreadable('ListPoliciesForRole gave no list');
  return Policy.map((policy: unknown) => {
    const { PolicyType, PolicyName } = recordOf(policy);
    return { type: textOf(PolicyType) ?? '', name: textOf(PolicyName) ?? '' };
  });
}
