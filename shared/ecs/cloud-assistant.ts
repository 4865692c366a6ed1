import type { Operation } from '../retry/call-limit.ts';

/**
 * The operations of Cloud Assistant that we use, named as ECS names them. As with `Ecs`, every method throws `CallError`
 * and nothing else, and is over when `timeoutMs` have passed.
 */
export type CloudAssistant = {
  /** At most 100 ids. The invocation's id; what becomes of it is read with `describeInvocationResults`. */
  readonly runCommand: Operation<RunCommand, string>;
  /** A page of at most 50 instances of one invocation. */
  readonly describeInvocationResults: Operation<InvocationQuery, InvocationPage>;
  /** A page of at most 50 invocations of this name, with the output of each instance. */
  readonly describeInvocations: Operation<InvocationsQuery, InvocationsPage>;
  /** At most 100 ids; an agent that is not named is not known. */
  readonly describeCloudAssistantStatus: Operation<AgentQuery, ReadonlyMap<string, Agent>>;
};

export type RunCommand = {
  readonly regionId: string;
  readonly instanceIds: readonly string[];
  readonly name: string;
  readonly script: string;
  readonly timeoutSeconds: number;
  /** The same call made again runs nothing again. */
  readonly clientToken: string;
};

export type InvocationQuery = { readonly regionId: string; readonly invokeId: string; readonly nextToken?: string };

export type InvocationPage = { readonly rows: readonly InvocationRow[]; readonly nextToken: string | undefined };

export type InvocationsQuery = { readonly regionId: string; readonly name: string; readonly nextToken?: string };

export type InvocationsPage = {
  readonly invocations: readonly { readonly invokeId: string; readonly rows: readonly InvocationRow[] }[];
  readonly nextToken: string | undefined;
};

/** What Cloud Assistant says of one instance of an invocation. */
export type InvocationRow = {
  readonly instanceId: string;
  readonly status: string;
  readonly exitCode: number | undefined;
  readonly output: string;
  /** Bytes of output that were cut off; undefined where that is not said. */
  readonly dropped: number | undefined;
  readonly errorCode: string;
  readonly errorInfo: string;
  /** Ms since the epoch. */
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
};

export type Agent = {
  /** It has done so within two minutes. */
  readonly reports: boolean;
  /** When it last did, ms since the epoch; undefined where that is not said. */
  readonly heartbeatAt: number | undefined;
};

export type AgentQuery = { readonly regionId: string; readonly instanceIds: readonly string[] };

/** https://help.aliyun.com/zh/ecs/developer-reference/api-ecs-2014-05-26-runcommand */
export const RUN_BATCH = 100;
