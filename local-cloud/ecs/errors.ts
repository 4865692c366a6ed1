import { ApiError } from '../http/api-error.ts';

// Statuses, codes and messages of the operations' pages and of the common error table in the ECS API reference.
export const refusals = {
  missing: (name: string) =>
    new ApiError(
      400,
      'MissingParameter',
      `The input parameter "${name}" that is mandatory for processing this request is not supplied.`,
    ),
  parameter: (name: string) => new ApiError(400, 'InvalidParameter', `The specified parameter "${name}" is not valid.`),
  unknownAction: () =>
    new ApiError(404, 'InvalidAction.NotFound', 'Specified api is not found, please check your url and method.'),
  version: () => new ApiError(400, 'InvalidVersion', 'Specified parameter Version is not valid.'),
  httpMethod: () => new ApiError(403, 'UnsupportedHTTPMethod', 'This http method is not supported.'),
  region: () => new ApiError(404, 'InvalidRegionId.NotFound', 'The specified RegionId does not exist.'),
  forbidden: () =>
    new ApiError(
      403,
      'Forbidden.RAM',
      "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
    ),
  keyPairName: () =>
    new ApiError(400, 'InvalidKeyPairName.NotFound', 'The specified KeyPairName does not exist in our records.'),
  instanceIds: () =>
    new ApiError(400, 'InvalidInstanceIds.ValueNotSupported', 'The specified parameter InstanceIds is not valid.'),
  windows: () =>
    new ApiError(
      403,
      'DependencyViolation.WindowsInstance',
      'The instance creating is windows, cannot use ssh key pair to login.',
    ),
  tooManyToDetach: () =>
    new ApiError(403, 'InstanceKeyPairLimitExceeded', 'The specified instances are beyond the permitted range.'),
  noInstanceId: () => new ApiError(403, 'InvalidInstanceId.NotFound', 'InstanceId should not be null.'),
  tooManyToReboot: () =>
    new ApiError(403, 'InvalidParameter.TooManyInstanceIds', 'Instance ids cannot be more than 100.'),
  malformedToReboot: () =>
    new ApiError(403, 'Abs.InvalidInstanceIds.MalFormed', 'The specified instanceIds is not valid.'),
  instanceId: () => new ApiError(404, 'InvalidInstanceId.NotFound', 'The specified InstanceId does not exist.'),
  instanceIdsUnknown: () =>
    new ApiError(404, 'InvalidInstanceIds.NotFound', 'The specified InstanceIds does not exist.'),
  status: () =>
    new ApiError(403, 'IncorrectInstanceStatus', 'The current status of the resource does not support this operation.'),
  locked: () =>
    new ApiError(
      403,
      'InstanceLockedForSecurity',
      'The specified operation is denied as your instance is locked for security reasons.',
    ),
  dryRun: () => new ApiError(400, 'DRYRUN.SUCCESS', 'This request is a dryrun request with successful result.'),
  dryRunOperation: () =>
    new ApiError(400, 'DryRunOperation', 'Request validation has been passed with DryRun flag set.'),
  noInstanceToRunOn: () => new ApiError(400, 'MissingParam.InstanceId', 'The parameter instanceId is required.'),
  tooManyToRunOn: () =>
    new ApiError(403, 'InstanceIds.ExceedLimit', 'The number of instance IDs exceeds the upper limit.'),
  commandTooLong: () =>
    new ApiError(403, 'CmdContent.ExceedLimit', 'The length of the command content exceeds the upper limit.'),
  instanceToRunOn: () => new ApiError(404, 'InvalidInstance.NotFound', 'The specified instances do not exist.'),
  notForWindows: () =>
    new ApiError(400, 'InvalidInstance.NotMatch', 'The specified instance type does not match the command.'),
  notRunning: () =>
    new ApiError(400, 'InvalidInstance.NotMatch', 'The specified instance state does not meet the conditions.'),
  noAgent: () => new ApiError(400, 'InvalidInstance.NoClient', 'The Cloud Assistant agent is not installed.'),
  statusFilter: () => new ApiError(404, 'InvalidStatus.NotFound', 'The Status provided does not exist in our records.'),
} as const;
