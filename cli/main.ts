import { CommanderError } from 'commander';
import { surviveClosedOutput } from '../local-cloud/cli/closed-output.ts';
import packageJson from '../package.json' with { type: 'json' };
import { visible } from '../shared/log/log.ts';
import { EXIT, type ExitCode, WrongUse } from './failure.ts';
import type { OutputOptions } from './options.ts';
import { type Actions, createProgram } from './program.ts';
import type { Session } from './session.ts';
import { createTerminal, type Terminal } from './terminal.ts';

const variables = process.env;

/** The process, as the commands see it. Interrupted, it says how to go on and ends at once: what was sent is kept. */
function openSession(terminal: Terminal): Session {
  let goOn: (() => string) | undefined;
  const interrupted = () => {
    terminal.say(`\n${goOn?.() ?? 'Interrupted. Nothing was changed.'}`);
    process.exit(EXIT.interrupted);
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  return {
    terminal,
    variables,
    words: process.argv.slice(2),
    onInterrupt: (say) => {
      goOn = say;
    },
  };
}

/** A command's work → the exit code of the process. */
function run<Options extends OutputOptions>(command: (options: Options, session: Session) => Promise<ExitCode>) {
  return async (options: Options): Promise<void> => {
    const { json = false, debug = false } = options;
    const terminal = createTerminal(process, { json, debug, variables });
    terminal.hide([variables['ALIBABA_CLOUD_ACCESS_KEY_SECRET'], variables['ALIBABA_CLOUD_SECURITY_TOKEN']]);
    const code = command(options, openSession(terminal));
    process.exitCode = await code.catch((error: unknown) => failed(error, terminal));
  };
}

/** A command's code is executed when it is asked for: `--help` and a mistyped option need none of it. */
const ACTIONS: Actions = {
  detach: run(async (...given) => (await import('./commands/detach.ts')).detach(...given)),
  dryRun: run(async (...given) => (await import('./commands/look.ts')).dryRun(...given)),
  verify: run(async (...given) => (await import('./commands/look.ts')).verify(...given)),
  stop: run(async (...given) => (await import('./commands/stop.ts')).stop(...given)),
  portal: run(async (...given) => (await import('./commands/portal.ts')).portal(...given)),
  setup: run(async (...given) => (await import('./commands/setup.ts')).setup(...given)),
  localCloud: async (options) => (await import('./commands/local-cloud.ts')).localCloud(options),
};

function failed(error: unknown, terminal: Terminal): ExitCode {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && error.name === 'ExitPromptError') {
    terminal.say('Interrupted. Nothing was changed.');
    return EXIT.interrupted;
  }
  terminal.say(`${terminal.colors.red('Error:')} ${message}`);
  if (error instanceof Error && error.stack) terminal.debug(error.stack);
  return error instanceof WrongUse ? EXIT.wrongUse : EXIT.refused;
}

const writeErr = (text: string) => void process.stderr.write(visible(text));

async function main(): Promise<void> {
  surviveClosedOutput();
  const program = createProgram(packageJson.version, ACTIONS);
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr });
  try {
    await program.parseAsync();
  } catch (error) {
    // Commander has said it. `--help` and `--version` end well.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.wrongUse;
    else if (error instanceof WrongUse) {
      writeErr(`Error: ${error.message}\n`);
      process.exitCode = EXIT.wrongUse;
    } else throw error;
  }
}

main();
