import { enter } from '../../functions/reboot-instances/invoke.ts';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { recordOf } from '../../shared/record.ts';
import { fcContext } from './events.ts';

type RebootItem = { InstanceId: string; Code: string; Message: string; Success: string; Action: string };

/** What a message came to: its answer, returned or thrown, and the lines of the log. */
export type RebootRun = {
  readonly thrown: boolean;
  readonly answer: Record<string, unknown>;
  readonly items: readonly RebootItem[];
  readonly actions: readonly string[];
  readonly lines: readonly Record<string, unknown>[];
};

type Options = { readonly variables?: Record<string, string>; readonly timeoutSeconds?: number };

/** Calls `reboot-instances` with any message, as FC does. */
export async function rebooting(
  cloud: LocalCloud,
  message: unknown,
  { variables = {}, timeoutSeconds = 60 }: Options = {},
): Promise<RebootRun> {
  const { accessKeyId, accessKeySecret } = cloud.ecs.credentials;
  const written: string[] = [];
  let thrown = false;
  const event = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
  const given: unknown = await enter(event, fcContext({ timeoutSeconds }), {
    variables: {
      ECS_ENDPOINT: cloud.ecs.endpoint,
      FC_ENDPOINT: cloud.fc.endpoint,
      STS_ENDPOINT: cloud.sts.endpoint,
      FC_FUNCTION_NAME: 'reboot-instances',
      ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
      ...variables,
    },
    write: (line) => written.push(line),
  }).catch((error: unknown) => {
    thrown = true;
    return JSON.parse(error instanceof Error ? error.message : '');
  });
  const answer = recordOf(given);
  const items: RebootItem[] = JSON.parse(JSON.stringify(recordOf(answer['Results'])['Result'] ?? []));
  return {
    thrown,
    answer,
    items,
    actions: items.map(({ Action }) => Action),
    lines: written.map((line) => JSON.parse(line)),
  };
}
