import { input } from '@inquirer/prompts';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { createColors } from 'picocolors';
import type { Environment } from '../shared/config/config.ts';
import { type CarrierOptions, carrierOf } from './carriers.ts';
import { type DetachOptions, detach } from './commands/detach.ts';
import { dryRun, verify } from './commands/inspect.ts';
import { openPortal } from './commands/portal.ts';
import type { RequestOptions } from './request.ts';
import { stateOf } from './state.ts';
import { EXIT, RefusedError, type Terminal, UsageError } from './terminal.ts';

declare const VERSION: string | undefined;

type Common = CarrierOptions & { readonly json?: boolean };

/** One run of the program → its exit code. */
export async function run(argv: readonly string[], variables: Environment): Promise<number> {
  let code: number = EXIT.done;
  const colors = createColors(!variables['NO_COLOR'] && process.stderr.isTTY === true);
  let goOn = 'Nothing was changed.';
  const interrupt = () => {
    process.stderr.write(`\nInterrupted. ${goOn}\n`);
    process.exit(EXIT.interrupted);
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);

  const program = programOf({
    terminalOf: ({ json }) => terminalOf(json === true),
    variables,
    done: (exit) => {
      code = exit;
    },
    onToken: (token) => {
      goOn = `The same command with --token ${token} goes on where this one was.`;
    },
  });
  try {
    await program.parseAsync([...argv]);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${colors.red('error:')} ${message}\n`);
    if (error instanceof UsageError) return EXIT.usage;
    // Ctrl-C in a question.
    if (error instanceof Error && error.name === 'ExitPromptError') return EXIT.interrupted;
    return error instanceof RefusedError ? EXIT.refused : EXIT.refused;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

export type ProgramContext = {
  readonly terminalOf: (options: { readonly json?: boolean }) => Terminal;
  readonly variables: Environment;
  readonly done: (exitCode: number) => void;
  readonly onToken: (token: string) => void;
};

/** The commands with their options and help: docs/cli.md is made from it too. */
export function programOf({ terminalOf, variables, done, onToken }: ProgramContext): Command {
  const program = new Command('fc-detach-key-pair')
    .description('Takes an SSH key pair off any number of Alibaba Cloud ECS instances.')
    .version(typeof VERSION === 'string' ? VERSION : '0.0.0')
    .exitOverride()
    .showHelpAfterError('Say --help for the options.');
  const debug =
    ({ debug: isOn }: Common) =>
    (line: string) =>
      isOn && process.stderr.write(`${line}\n`);
  const carrying = (options: Common) => ({ variables, debug: debug(options), kept: [], keep: () => {} });

  command(program, 'detach', 'Takes the key off: dry run, confirmation, run, what failed.')
    .addOption(new Option('--since <time>', 'finish an earlier detach that began then (DetachedSince)'))
    .option('--token <token>', 'name of this run: the same command with the same token goes on with it')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      example('detach --region cn-hangzhou --key-pair leaked-key --all --reboot --batch-size 20 --interval 60'),
    )
    .action(async (options: DetachOptions & Common) => {
      const terminal = terminalOf(options);
      const io = {
        terminal,
        stateOf: (token: string) => stateOf(token, variables['XDG_STATE_HOME']),
        carrierOf: (kept: Parameters<typeof carrierOf>[1]['kept'], keep: Parameters<typeof carrierOf>[1]['keep']) =>
          carrierOf(options, { variables, debug: debug(options), kept, keep }),
        ask: (message: string) => input({ message }, { output: process.stderr }),
        onToken,
      };
      done(await detach(options, io));
    });

  command(program, 'dry-run', 'Says what would happen, instance by instance; changes nothing.')
    .addHelpText('after', example("dry-run --region '*' --public-key ~/.ssh/leaked.pub --all"))
    .action(async (options: RequestOptions & Common) => {
      const { send } = await carrierOf(options, carrying(options));
      done(await dryRun(options, { send, terminal: terminalOf(options) }));
    });

  command(program, 'verify', 'Proves whether the key is off and the instances have restarted; changes nothing.')
    .requiredOption('--since <time>', 'when the key pair was detached, ISO 8601')
    .option('--watch', 'look again until no restart is pending')
    .option('--every <seconds>', 'how often with --watch', wholeNumber)
    .addHelpText(
      'after',
      example(
        'verify --region cn-hangzhou --key-pair leaked-key --instances @ids.txt --since 2026-11-26T08:00:00Z --watch',
      ),
    )
    .action(async (options: RequestOptions & Common) => {
      const { send } = await carrierOf(options, carrying(options));
      done(await verify(options, { send, terminal: terminalOf(options) }));
    });

  carrierOptions(program.command('portal').description('Serves the portal on this machine and signs its requests.'))
    .option('--port <port>', 'of the loopback; any free one unless said', wholeNumber)
    .option('--no-open', 'only print the address')
    .addHelpText('after', example('portal --fc-region cn-hangzhou'))
    .action(async (options: Common & { port?: number; open: boolean }) => {
      const { send } = await carrierOf(options, carrying(options));
      done(await openPortal(options, { send, terminal: terminalOf(options) }));
    });
  return program;
}

/** A command that sends requests about a key. */
function command(program: Command, name: string, description: string): Command {
  const made = program
    .command(name)
    .description(description)
    .requiredOption('--region <ids>', "cn-hangzhou, a list with commas, or '*' for all")
    .option('--key-pair <name>', 'name of the key pair')
    .option(
      '--public-key <file>',
      'instead of a name: every key pair that holds this key; of a private key file only its public half is read, on this machine',
    )
    .option('--instances <ids>', 'a,b or @FILE or - for standard input')
    .option('--all', 'every instance that has the key')
    .option('--tag <key=value>', 'only instances with this tag; several are possible', collect)
    .option(
      '--role-arn <arns>',
      "act in other accounts through these RAM roles; '*' for all that the function may take",
    )
    .option('--allow-different-keys', 'one name may be different keys in several places')
    .option('--reboot', 'restart what was detached: until then the key still works')
    .option('--force', 'power off instead of shutting down')
    .option('--batch-size <number>', 'instances restarted together', wholeNumber)
    .option('--interval <seconds>', 'between one wave and the next', wholeNumber)
    .option('--delay <seconds>', 'before the first wave', wholeNumber)
    .option('--max-errors <number>', 'stop when more have not come back: a number, or a part of a wave such as 10%')
    .option('--health-timeout <seconds>', 'how long a wave waits for the one before it', wholeNumber)
    .option('--ready <state>', 'what counts as back: Running or CloudAssistant')
    .option('--not-before <time>', 'no restart before this time, ISO 8601')
    .option('--online', 'take the key out of the running instances at once, by Cloud Assistant')
    .option('--continue', 'let the function go on by itself with what one run has no time for');
  return carrierOptions(made);
}

/** Where requests are carried out, and how the result is told. */
function carrierOptions(made: Command): Command {
  return made
    .option('--function <name>', 'by InvokeFunction (the usual way; detach-key-pair)')
    .option('--fc-region <id>', 'where the function is deployed; the region of the request unless said')
    .option('--account-id <id>', 'whose function it is; asked of STS unless said')
    .option('--fc-endpoint <url>', 'another endpoint of the FC API')
    .option('--url <url>', 'by an HTTP trigger or a custom domain, signed with these credentials')
    .option(
      '--bearer <token>',
      'with --url: a bearer token instead of the signature; @FILE keeps it off the process list',
    )
    .option('--direct', 'by this process, without a function: it does the waves itself while it runs')
    .option('--json', 'the answer as JSON on standard output, even to a terminal')
    .option('--debug', 'the log of --direct on standard error');
}

function example(text: string): string {
  return `\nExample:\n  fc-detach-key-pair ${text}`;
}

function wholeNumber(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes a whole number.');
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function terminalOf(isJson: boolean): Terminal {
  return {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    isInteractive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    isOutputForPeople: process.stdout.isTTY === true && !isJson,
    columns: process.stderr.columns ?? 120,
  };
}
