import { Command } from 'commander';
import { completion } from './completion.ts';
import {
  addDetachOptions,
  addDryRunOptions,
  addLocalCloudOptions,
  addPortalOptions,
  addSetupOptions,
  addStopOptions,
  addVerifyOptions,
  type DetachOptions,
  type LookOptions,
  type PortalOptions,
  type SetupOptions,
  type StopOptions,
  type VerifyOptions,
} from './options.ts';

/** What each command does with its options. */
export type Actions = {
  readonly detach: (options: DetachOptions) => Promise<void>;
  readonly dryRun: (options: LookOptions) => Promise<void>;
  readonly verify: (options: VerifyOptions) => Promise<void>;
  readonly stop: (options: StopOptions) => Promise<void>;
  readonly portal: (options: PortalOptions) => Promise<void>;
  readonly setup: (options: SetupOptions) => Promise<void>;
  readonly localCloud: (options: Readonly<Record<string, string | true | undefined>>) => Promise<void>;
};

const EXAMPLES = {
  detach: `
  fc-detach-key-pair detach --region cn-hangzhou --key-pair leaked-key --all --reboot
  fc-detach-key-pair detach --region cn-hangzhou --key-pair leaked-key --instances @ids.txt --reboot --batch-size 20 --yes --json`,
  'dry-run': `
  fc-detach-key-pair dry-run --region cn-hangzhou --key-pair leaked-key --all --tag env=staging`,
  verify: `
  fc-detach-key-pair verify --region cn-hangzhou --key-pair leaked-key --instances @ids.txt --since 2026-11-24T08:00:00Z --watch`,
  stop: `
  fc-detach-key-pair stop --token leak-7
  fc-detach-key-pair stop --tasks @answer.json`,
  portal: `
  fc-detach-key-pair portal --fc-region cn-hangzhou`,
  setup: `
  eval "$(fc-detach-key-pair setup --allowed-regions cn-hangzhou --allowed-key-pairs 'leaked-*')"`,
  'local-cloud': `
  fc-detach-key-pair local-cloud --port 9000 --instances 500 --windows 2 --signed`,
  completion: `
  source <(fc-detach-key-pair completion bash)`,
} as const;

const EXIT_CODES = `
Exit code: 0 all done; 1 some failed (dry-run: some would); 2 wrong use; 3 refused, not confirmed, or failed whole;
130 interrupted, with how to go on. stdout has one JSON answer when it is no terminal, or with --json.`;

/** Every command with its options: what --help, the shell's completion and docs/cli.md are made from. */
export function createProgram(version: string, actions: Actions): Command {
  const program = new Command('fc-detach-key-pair')
    .description('Takes an SSH key pair off any number of Alibaba Cloud ECS instances.')
    .version(version)
    .helpCommand(false)
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText('after', EXIT_CODES);
  addDetachOptions(program.command('detach'))
    .description('Take the key pair off: dry run, summary, confirmation, then the run with its progress.')
    .addHelpText('after', `\nExamples:${EXAMPLES.detach}`)
    .action(actions.detach);
  addDryRunOptions(program.command('dry-run'))
    .description('Say what a detach would do to each instance. Changes nothing.')
    .addHelpText('after', `\nExample:${EXAMPLES['dry-run']}`)
    .action(actions.dryRun);
  addVerifyOptions(program.command('verify'))
    .description(
      'Prove the outcome: whether the key pair is off and each instance has restarted since. Changes nothing.',
    )
    .addHelpText('after', `\nExample:${EXAMPLES.verify}`)
    .action(actions.verify);
  addStopOptions(program.command('stop'))
    .description('Take restarts, removals and completions that wait out of the queue.')
    .addHelpText('after', `\nExamples:${EXAMPLES.stop}`)
    .action(actions.stop);
  addPortalOptions(program.command('portal'))
    .description('Serve the portal on this machine alone, and pass its requests on, signed with your own credentials.')
    .addHelpText('after', `\nExample:${EXAMPLES.portal}`)
    .action(actions.portal);
  addSetupOptions(program.command('setup'))
    .description(
      'Make or update the roles, the policies and the queue of a deployment, and print what `s deploy` needs.',
    )
    .addHelpText('after', `\nExample:${EXAMPLES.setup}`)
    .action(actions.setup);
  addLocalCloudOptions(program.command('local-cloud'))
    .description('Keep up a local imitation of ECS and Function Compute with the functions in it, to try everything.')
    .addHelpText('after', `\nExample:${EXAMPLES['local-cloud']}`)
    .action(actions.localCloud);
  program
    .command('completion')
    .argument('<shell>', 'bash, zsh or fish')
    .description("Print the shell's completion for this program.")
    .addHelpText('after', `\nExample:${EXAMPLES.completion}`)
    .action((shell: string) => console.log(completion(shell, program)));
  return program;
}
