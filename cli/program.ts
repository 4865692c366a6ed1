import { Command } from 'commander';
import { detach } from './commands/detach.ts';
import { dryRun, verify } from './commands/look.ts';
import type { ExitCode } from './failure.ts';
import { addDetachOptions, addDryRunOptions, addVerifyOptions, type OutputOptions } from './options.ts';
import type { Session } from './session.ts';

/** Carries out a command; `open` gives it what it works with. */
export type Runner = (options: OutputOptions, command: (session: Session) => Promise<ExitCode>) => Promise<void>;

const EXAMPLES = {
  detach: `
  fc-detach-key-pair detach --region cn-hangzhou --key-pair leaked-key --all --reboot
  fc-detach-key-pair detach --region cn-hangzhou --key-pair leaked-key --instances @ids.txt --reboot --batch-size 20 --yes --json`,
  'dry-run': `
  fc-detach-key-pair dry-run --region cn-hangzhou --key-pair leaked-key --all --tag env=staging`,
  verify: `
  fc-detach-key-pair verify --region cn-hangzhou --key-pair leaked-key --instances @ids.txt --since 2026-11-24T08:00:00Z --watch`,
} as const;

const EXIT_CODES = `
Exit code: 0 all done; 1 some failed (dry-run: some would); 2 wrong use; 3 refused, not confirmed, or failed whole;
130 interrupted, with how to go on. stdout has one JSON answer when it is no terminal, or with --json.`;

/** Every command with its options: what --help, the shell's completion and docs/cli.md are made from. */
export function createProgram(version: string, run: Runner): Command {
  const program = new Command('fc-detach-key-pair')
    .description('Takes an SSH key pair off any number of Alibaba Cloud ECS instances.')
    .version(version)
    .helpCommand(false)
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText('after', EXIT_CODES);
  addDetachOptions(program.command('detach'))
    .description('Take the key pair off: dry run, summary, confirmation, then the run with its progress.')
    .addHelpText('after', `\nExamples:${EXAMPLES.detach}`)
    .action((options) => run(options, (session) => detach(options, session)));
  addDryRunOptions(program.command('dry-run'))
    .description('Say what a detach would do to each instance. Changes nothing.')
    .addHelpText('after', `\nExample:${EXAMPLES['dry-run']}`)
    .action((options) => run(options, (session) => dryRun(options, session)));
  addVerifyOptions(program.command('verify'))
    .description(
      'Prove the outcome: whether the key pair is off and each instance has restarted since. Changes nothing.',
    )
    .addHelpText('after', `\nExample:${EXAMPLES.verify}`)
    .action((options) => run(options, (session) => verify(options, session)));
  return program;
}
