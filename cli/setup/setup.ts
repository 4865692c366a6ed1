import { visible } from '../../shared/log/log.ts';
import { applyChanges } from './apply.ts';
import { type Cloud, connectCloud } from './cloud.ts';
import { type Desired, desiredState } from './desired.ts';
import { finish } from './finish.ts';
import { accountIdOf, ownCredentials } from './identity.ts';
import { checkOptions, type SetupIo, type SetupOptions } from './options.ts';
import { type Plan, planSetup } from './plan.ts';
import { readExisting } from './read.ts';
import { Refusal } from './refusal.ts';
import type { Place } from './rights.ts';
import { appliedLine, failureText, planLines } from './show.ts';
import { variablesFor } from './variables.ts';

export type { SetupIo, SetupOptions } from './options.ts';

/**
 * Creates or updates the roles, policies and the queue that docs/deploy.md asks for, and prints what `s deploy` needs.
 * What it did not write, or what was changed since, it leaves alone. → 0: done, or nothing to do; 1: a change failed;
 * 2: wrong use; 3: not confirmed, refused before anything was changed, or something is in the way.
 */
export async function setup(options: SetupOptions, io: SetupIo): Promise<number> {
  const shown: SetupIo = {
    out: (line) => io.out(line),
    err: (line) => io.err(visible(line)),
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
  checkOptions(options);
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
      plan.changes.length > 0 ? `${counted(plan)} to make. Nothing was changed: this is a dry run.` : 'Nothing to do.',
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

function counted({ changes }: Plan): string {
  return changes.length === 1 ? '1 change' : `${changes.length} changes`;
}
