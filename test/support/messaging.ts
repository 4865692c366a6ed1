import type { enter as enterReboots } from '../../functions/reboot-instances/invoke.ts';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { recordOf } from '../../shared/record.ts';
import { fcContext } from './events.ts';
import { variablesOf } from './variables.ts';

type Item = {
  InstanceId: string;
  Code: string;
  Message: string;
  Success: string;
  Action: string;
  Evidence?: Record<string, string>;
};

/** What a message came to: its answer, returned or thrown, and the lines of the log. */
export type MessageRun = {
  readonly thrown: boolean;
  readonly answer: Record<string, unknown>;
  readonly items: readonly Item[];
  readonly actions: readonly string[];
  readonly codes: readonly string[];
  readonly lines: readonly Record<string, unknown>[];
};

export type MessageOptions = { readonly variables?: Record<string, string>; readonly timeoutSeconds?: number };

/** Calls a function that works off messages with any message, as FC does. */
export async function messaging(
  enter: typeof enterReboots,
  cloud: LocalCloud,
  message: unknown,
  { variables = {}, timeoutSeconds = 60 }: MessageOptions = {},
): Promise<MessageRun> {
  const written: string[] = [];
  let thrown = false;
  const event = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
  const given: unknown = await enter(event, fcContext({ timeoutSeconds }), {
    variables: { ...variablesOf(cloud), ...variables },
    write: (line) => written.push(line),
  }).catch((error: unknown) => {
    thrown = true;
    return JSON.parse(error instanceof Error ? error.message : '');
  });
  const answer = recordOf(given);
  const items: Item[] = JSON.parse(JSON.stringify(recordOf(answer['Results'])['Result'] ?? []));
  return {
    thrown,
    answer,
    items,
    actions: items.map(({ Action }) => Action),
    codes: items.map(({ Code }) => Code),
    lines: written.map((line) => JSON.parse(line)),
  };
}
