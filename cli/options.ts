import { type Command, Option } from 'commander';
import { LOCAL_CLOUD_FLAGS, LOCAL_CLOUD_SWITCHES } from '../local-cloud/cli/flags.ts';
import { WrongUse } from './failure.ts';

/** Where the request is about, and which instances. */
export type TargetOptions = {
  readonly region?: string;
  readonly keyPair?: string;
  readonly publicKey?: string;
  readonly instances?: string;
  readonly all?: true;
  readonly tag: readonly string[];
  readonly roleArn?: string;
  readonly allowDifferentKeys?: true;
  readonly online?: true;
};

/** Where it is carried out. */
export type PlaceOptions = {
  readonly function?: string;
  readonly fcRegion?: string;
  readonly accountId?: string;
  readonly url?: string;
  readonly bearer?: string;
  readonly direct?: true;
};

export type OutputOptions = { readonly json?: true; readonly debug?: true };

export type RestartOptions = {
  readonly reboot?: true;
  readonly force?: true;
  readonly batchSize?: number;
  readonly interval?: number;
  readonly delay?: number;
  readonly maxErrors?: string;
  readonly healthTimeout?: number;
  readonly ready?: 'Running' | 'CloudAssistant';
  readonly notBefore?: string;
  readonly closeSessions?: true;
};

export type DetachOptions = TargetOptions &
  PlaceOptions &
  OutputOptions &
  RestartOptions & { readonly since?: string; readonly token?: string; readonly continue?: true; readonly yes?: true };

export type LookOptions = TargetOptions & PlaceOptions & OutputOptions;

export type VerifyOptions = LookOptions & { readonly since?: string; readonly token?: string; readonly watch?: true };

export type StopOptions = PlaceOptions & OutputOptions & { readonly tasks?: string; readonly token?: string };

export type PortalOptions = PlaceOptions & OutputOptions & { readonly port?: number; readonly open: boolean };

export type SetupOptions = OutputOptions & {
  readonly region?: string;
  readonly accountId?: string;
  readonly allowedRegions?: string;
  readonly allowedKeyPairs?: string;
  readonly online: boolean;
  readonly dryRun?: true;
  readonly yes?: true;
};

const collected = (value: string, before: readonly string[]) => [...before, value];

const TARGET = [
  new Option('--region <ids>', "region of the instances; several separated by commas, or '*' for all, with --all"),
  new Option('--key-pair <name>', 'name of the key pair'),
  new Option(
    '--public-key <file>',
    'instead of --key-pair, with --all: every key pair that holds this key; of a private key file the public half is read here, and nothing else leaves this machine',
  ),
  new Option('--instances <ids>', 'instance ids separated by commas, @FILE, or - for stdin'),
  new Option('--all', 'instead of --instances: every instance that has the key pair'),
  new Option('--tag <key=value>', 'with --all: only instances with this tag; may be given 20 times')
    .argParser(collected)
    .default([], 'none'),
  new Option(
    '--role-arn <arns>',
    "RAM role of another account; several separated by commas, or '*' for all, with --all",
  ),
  new Option('--allow-different-keys', 'with one name in several places: go on although the keys differ'),
];

const PLACE = [
  new Option('--function <name>', 'call the function of this name through InvokeFunction (detach-key-pair)'),
  new Option('--fc-region <id>', 'region of the function ($REGION, or cn-hangzhou)'),
  new Option('--account-id <id>', 'account of the function (that of the credentials)'),
  new Option('--url <url>', 'call the function through its HTTP trigger instead, signed'),
  new Option('--bearer <token>', 'with --url: send this token instead of a signature; @FILE reads it from a file'),
  new Option('--direct', 'call no function: this process calls ECS itself, and does the restarts while it runs'),
];

const OUTPUT = [
  new Option('--json', 'print the answer as JSON on stdout, also in a terminal'),
  new Option('--debug', 'say on stderr which calls are made; never a secret'),
];

const RESTARTS = [
  new Option('--reboot', 'restart what was detached: until then the key still works'),
  new Option('--force', 'with --reboot: power off instead of shutting down'),
  new Option('--batch-size <n>', 'with --reboot: instances restarted together (100)').argParser(
    wholeNumber('--batch-size'),
  ),
  new Option('--interval <seconds>', 'with --reboot: between one wave and the next (120)').argParser(
    wholeNumber('--interval'),
  ),
  new Option('--delay <seconds>', 'with --reboot: before the first wave (0)').argParser(wholeNumber('--delay')),
  new Option(
    '--max-errors <n>',
    'with --reboot: a wave begins only when at most so many of those before have not come back; a number, or a percentage like 10%',
  ),
  new Option('--health-timeout <seconds>', 'with --max-errors: how long a wave waits for that (600)').argParser(
    wholeNumber('--health-timeout'),
  ),
  new Option('--ready <what>', 'with --max-errors: what being back means').choices(['Running', 'CloudAssistant']),
  new Option('--not-before <time>', 'with --reboot: no restart before this time, ISO 8601, at most 24 hours ahead'),
  new Option('--close-sessions', 'with --online: end the sessions that were opened with the key'),
];

const ONLINE = new Option('--online', 'take the key out of the running instances at once, by Cloud Assistant');
const ONLINE_LOOK = new Option('--online', 'say too whether the agent of Cloud Assistant answers');
const TOKEN = new Option('--token <token>', 'go on with the run that printed this token; or the name of a new one');

export function addDetachOptions(command: Command): Command {
  return add(command, [
    ...TARGET,
    ...RESTARTS,
    ONLINE,
    new Option(
      '--since <time>',
      'finish what began then (ISO 8601): what has lost the key pair since and has not restarted',
    ),
    TOKEN,
    new Option('--continue', 'what one invocation has no time for goes on by itself'),
    new Option('--yes', 'do not ask; needed without a terminal'),
    ...PLACE,
    ...OUTPUT,
  ]);
}

export function addDryRunOptions(command: Command): Command {
  return add(command, [...TARGET, ONLINE_LOOK, ...PLACE, ...OUTPUT]);
}

export function addVerifyOptions(command: Command): Command {
  return add(command, [
    ...TARGET,
    new Option('--since <time>', 'time of the detach, ISO 8601'),
    new Option('--token <token>', 'instead of --instances and --since: what the run of this token has detached'),
    new Option('--watch', 'look again until the rollout is over'),
    ...PLACE,
    ...OUTPUT,
  ]);
}

export function addStopOptions(command: Command): Command {
  return add(command, [
    new Option('--tasks <ids>', 'task ids separated by commas, @FILE (ids, or a whole answer), or - for stdin'),
    new Option('--token <token>', 'instead of --tasks: all that the run of this token has queued'),
    ...PLACE,
    ...OUTPUT,
  ]);
}

export function addPortalOptions(command: Command): Command {
  return add(command, [
    new Option('--port <n>', 'of the loopback (any that is free)').argParser(wholeNumber('--port', 65_535)),
    new Option('--no-open', 'do not open a browser'),
    ...PLACE.filter(({ long }) => long !== '--direct'),
    ...OUTPUT.filter(({ long }) => long !== '--json'),
  ]);
}

export function addLocalCloudOptions(command: Command): Command {
  const options = Object.entries(LOCAL_CLOUD_FLAGS).map(([name, description]) => {
    const value = LOCAL_CLOUD_SWITCHES.includes(name)
      ? ''
      : name === 'edition' || name === 'bearer'
        ? ' <text>'
        : ' <n>';
    return new Option(`--${name}${value}`, description);
  });
  return add(command, options);
}

export function addSetupOptions(command: Command): Command {
  return add(command, [
    new Option('--region <id>', 'where the functions run, and the queue for failures is ($REGION, or cn-hangzhou)'),
    new Option('--account-id <id>', 'the account that is meant: credentials of another one are refused'),
    new Option('--allowed-regions <ids>', "regions whose instances may be touched, separated by commas; '*' is all"),
    new Option(
      '--allowed-key-pairs <names>',
      "key pairs that may be taken off, separated by commas; 'leaked-*', or '*' for all",
    ),
    new Option('--no-online', 'without the function remove-public-key, whose role may run a script as root'),
    new Option('--dry-run', 'show the difference, change nothing'),
    new Option('--yes', 'do not ask; needed without a terminal'),
    ...OUTPUT,
  ]);
}

function add(command: Command, options: readonly Option[]): Command {
  for (const option of options) command.addOption(option);
  return command;
}

function wholeNumber(name: string, most = 999_999_999): (text: string) => number {
  return (text) => {
    if (!/^\d{1,9}$/.test(text) || Number(text) > most)
      throw new WrongUse(`${name} takes a whole number up to ${most}, not "${text}"`);
    return Number(text);
  };
}
