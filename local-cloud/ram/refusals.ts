import { ApiError } from '../http/api-error.ts';

// Statuses, codes and messages of the RAM API's error table, and of QueueNotExist and QueueAlreadyExist in SMQ's.
export const refusals = {
  noPermission: () =>
    new ApiError(403, 'NoPermission', 'You are not authorized to do this action. You should be authorized by RAM.'),
  chars: (name: string) =>
    new ApiError(400, `InvalidParameter.${name}.InvalidChars`, `The parameter - "${name}" contains invalid chars.`),
  length: (name: string) =>
    new ApiError(400, `InvalidParameter.${name}.Length`, `The parameter - "${name}" beyond the length limit.`),
  policyType: () => new ApiError(400, 'InvalidParameter.PolicyType', 'The parameter - "PolicyType" is incorrect.'),
  malformed: () => new ApiError(400, 'MalformedPolicyDocument', 'The policy document is not valid.'),
  noRole: () => new ApiError(404, 'EntityNotExist.Role', 'The role does not exist.'),
  noPolicy: () => new ApiError(404, 'EntityNotExist.Policy', 'The policy does not exist.'),
  noVersion: () => new ApiError(404, 'EntityNotExist.Policy.Version', 'The policy version does not exist.'),
  roleExists: () => new ApiError(409, 'EntityAlreadyExists.Role', 'The role already exists.'),
  policyExists: () => new ApiError(409, 'EntityAlreadyExists.Policy', 'The policy already exists.'),
  attached: () =>
    new ApiError(409, 'EntityAlreadyExists.Role.Policy', 'The role has already been attached this policy.'),
  tooManyVersions: () =>
    new ApiError(409, 'LimitExceeded.Policy.Version', 'The count of policy version beyond the current limits.'),
  noQueue: () => new ApiError(404, 'QueueNotExist', 'The queue name you provided is not exist.'),
  queueExists: () =>
    new ApiError(409, 'QueueAlreadyExist', 'The queue you want to create is already exist with different attributes.'),
} as const;
