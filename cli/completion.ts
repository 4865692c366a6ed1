import type { Command } from 'commander';
import { WrongUse } from './failure.ts';

/** The script that teaches a shell this program's commands and options. */
export function completion(shell: string, program: Command): string {
  const name = program.name();
  const commands = program.commands.map((command) => ({
    name: command.name(),
    options: [...command.options.flatMap(({ long }) => long ?? []), '--help'],
  }));
  const names = commands.map((command) => command.name).join(' ');
  switch (shell) {
    case 'bash':
      return `_fc_detach_key_pair() {
  local words
  case "\${COMP_WORDS[1]}" in
${commands.map((command) => `    ${command.name}) words='${command.options.join(' ')}' ;;`).join('\n')}
    *) words='${names} --help --version' ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && words='${names} --help --version'
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _fc_detach_key_pair ${name}`;
    case 'zsh':
      return `#compdef ${name}
_fc_detach_key_pair() {
  if (( CURRENT == 2 )); then
    compadd -- ${names} --help --version
    return
  fi
  case "$words[2]" in
${commands.map((command) => `    ${command.name}) compadd -- ${command.options.join(' ')} ;;`).join('\n')}
  esac
  _files
}
compdef _fc_detach_key_pair ${name}`;
    case 'fish':
      return [
        `complete -c ${name} -n __fish_use_subcommand -f -a '${names}'`,
        ...commands.flatMap((command) =>
          command.options.map(
            (option) => `complete -c ${name} -n '__fish_seen_subcommand_from ${command.name}' -l ${option.slice(2)}`,
          ),
        ),
      ].join('\n');
    default:
      throw new WrongUse(`completion knows bash, zsh and fish, not "${shell}"`);
  }
}
