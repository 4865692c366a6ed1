import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { createProgram } from '../cli/program.ts';

const nothing = async () => undefined;

/** docs/cli.md: what --help says of every command, and no word of its own that could differ from it. */
export function cliPage(): string {
  const program = createProgram('', {
    ...{ detach: nothing, dryRun: nothing, verify: nothing, stop: nothing },
    ...{ portal: nothing, setup: nothing, localCloud: nothing },
  });
  const sections = [program, ...program.commands].map((command) => {
    const name = command === program ? program.name() : `${program.name()} ${command.name()}`;
    return `## ${name}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`;
  });
  return `# The program\n\nWhat \`--help\` says, made by \`npm run cli-page\`.\n\n${sections.join('\n')}`;
}

function helpOf(command: Command): string {
  let text = '';
  command.configureHelp({ helpWidth: 110 }).configureOutput({
    writeOut: (more) => {
      text += more;
    },
  });
  command.outputHelp();
  return text.trimEnd();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync('docs/cli.md', cliPage());
