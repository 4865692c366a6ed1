import { type Applied, applyChanges } from './apply.ts';
import { type Cloud, connectCloud } from './cloud.ts';
import { type Desired, desiredState } from './desired.ts';
import { accountIdOf, ownCredentials } from './identity.ts';
import { setupAnswer } from './json.ts';
import { type Plan, planSetup } from './plan.ts';
import { readExisting } from './read.ts';
import { Refusal } from './refusal.ts';
import type { Place } from './rights.ts';
import { appliedLine, failureText, planLines, printable } from './show.ts';
import { exportLines, type Guards, type Variables, variablesFor } from './variables.ts';

export type SetupOptions = Guards & {
  /** Where the functions run; the queue for failures is made there. */
  readonly region: string;
  /** The account that is meant: another one's credentials are refused. */
  readonly accountId?: string | undefined;
  /** Without the function remove-public-key when `false`: then its resource has to go from s.yaml too. */
  readonly online?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** Do not ask. */
  readonly yes?: boolean | undefined;
  readonly json?: boolean | undefined;
  /** `https://host[:port]`, or http for loopback. */
  readonly endpoints?: { readonly ram?: string; readonly mns?: string; readonly sts?: string } | undefined;
};

/** Results go to `out`: the lines for a shell, or JSON. All that is for people goes to `err`. */
export type SetupIo = {
  out(line: string): void;
  err(line: string): void;
  confirm(question: string): Promise<boolean>;
};

/**
 * Creates or updates the roles, policies and the queue that docs/deploy.md asks for, and prints what `s deploy` needs.
 * What it did not write, or what was changed since, it leaves alone. → 0: done, or nothing to do; 1: a change failed;
 * 2: wrong use; 3: not confirmed, refused before anything was changed, or something is in the way.
 */
export async function setup(options: SetupOptions, io: SetupIo): Promise<number> {
  const shown: SetupIo = {
    out: (line) => io.out(line),
    err: (line) => io.err(printable(line)),
    confirm: (question) => io.confirm(question),
  };
  try {
    return await carryOut(options, shown);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    shown.err(`error: ${error.message}`);
    return error.exitCode;
  }
}

async function carryOut(options: SetupOptions, io: SetupIo): Promise<number> {
  const { region, dryRun = false, yes = false, json = false, endpoints = {} } = options;
  if (!/^[a-z]{2}-[a-z0-9-]{2,40}$/.test(region)) throw new Refusal(2, `--region ${region} is no region: cn-hangzhou`);
  const credentials = await ownCredentials();
  const accountId = await accountIdOf(credentials, endpoints.sts ?? 'https://sts.aliyuncs.com');
  if (options.accountId !== undefined && options.accountId !== accountId) {
    throw new Refusal(2, `--account-id is ${options.accountId}, but these credentials are of account ${accountId}`);
  }
  const place = { accountId, region };
  const desired = desiredState({ online: options.online ?? true });
  const cloud = connectCloud(
    {
      ram: endpoints.ram ?? 'https://ram.aliyuncs.com',
      mns: endpoints.mns ?? `https://mns-open.${region}.aliyuncs.com`,
    },
    credentials,
  );
  const variables = variablesFor(desired, place, options);

  const plan = await readPlan(cloud, desired, place);
  io.err(`Account ${accountId}, region ${region}.`);
  for (const line of planLines(plan)) io.err(line);
  if (dryRun || plan.changes.length === 0) {
    io.err(
      plan.changes.length === 0
        ? 'Nothing to do.'
        : `${counted(plan)} to make. Nothing was changed: this is a dry run.`,
    );
    return finish({ plan, applied: [], variables, place, dryRun }, { json, io });
  }

  if (!yes) {
    if (!(await io.confirm(`Make ${counted(plan)} in account ${accountId}?`))) {
      throw new Refusal(3, 'not confirmed. Nothing was changed');
    }
    // The question may have stood for hours.
    const now = await readPlan(cloud, desired, place);
    if (JSON.stringify(now) !== JSON.stringify(plan)) {
      throw new Refusal(
        3,
        'the account has changed since the difference was shown: run setup again. Nothing was changed',
      );
    }
  }
  const applied = await applyChanges(cloud, plan.changes, place, (one) => io.err(appliedLine(one)));
  return finish({ plan, applied, variables, place, dryRun }, { json, io });
}

async function readPlan(cloud: Cloud, desired: Desired, place: Place): Promise<Plan> {
  const existing = await readExisting(cloud, desired, place);
  if (!('roles' in existing)) {
    const reasons = existing.map((failure) => `\n  ${failureText(failure)}`).join('');
    throw new Refusal(3, `what is in account ${place.accountId} cannot be read. Nothing was changed.${reasons}`);
  }
  return planSetup(desired, existing);
}

type Finished = {
  readonly plan: Plan;
  readonly applied: readonly Applied[];
  readonly variables: Variables;
  readonly place: Place;
  readonly dryRun: boolean;
};

function finish(
  { plan, applied, variables, place, dryRun }: Finished,
  { json, io }: { readonly json: boolean; readonly io: SetupIo },
): number {
  const isWhole = applied.every(({ result }) => result === 'Done');
  const isBlocked = plan.leftAlone.some(({ blocks }) => blocks);
  if (json) io.out(setupAnswer(plan, applied, variables, place));
  if (!isWhole) io.err('Some of it failed. Run setup again: it goes on with what is missing.');
  if (isBlocked)
    io.err('Something above is in the way of a deployment (!): setup did not write it, and leaves it to you.');
  // A shell that evaluates the lines does not see the exit code: it gets none of what is not there.
  if (!json && isWhole && !isBlocked) {
    if (dryRun && plan.changes.length > 0) io.out('# what `s deploy` needs, once the changes are made:');
    for (const line of exportLines(variables)) io.out(line);
  }
  if (!isWhole) return 1;
  return isBlocked ? 3 : 0;
}

function counted({ changes }: Plan): string {
  return changes.length === 1 ? '1 change' : `${changes.length} changes`;
}
