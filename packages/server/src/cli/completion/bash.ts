import type { Command, Option } from '../command.ts';
import { choicesOf, commandWords, quoted, takesFile } from './words.ts';

/** A script for bash 3.2 and newer, without the package bash-completion. */
export function bashCompletion(commands: readonly Command[]): string {
  return `# Completion of busbar for bash: source <(busbar completion bash)
_busbar() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted(commandWords(commands).join(' '))} -- "$word"))
    return
  fi
  case "$command" in
    help)
      COMPREPLY=($(compgen -W ${quoted(commands.map(({ name }) => name).join(' '))} -- "$word"))
      ;;
${commands.map(ofCommand).join('\n')}
  esac
}
complete -o default -F _busbar busbar
`;
}

function ofCommand({ name, options, verbs }: Command): string {
  const valued = options.filter(({ placeholder }) => placeholder !== undefined);
  const lines = [`    ${name})`];
  if (valued.length > 0) {
    lines.push('      case "$before" in', ...valued.map(ofValue), '      esac');
  }
  const flags = [...options.map((option) => `--${option.name}`), '--help'].join(' ');
  lines.push(
    '      if [[ "$word" == -* ]]; then',
    `        COMPREPLY=($(compgen -W ${quoted(flags)} -- "$word"))`,
  );
  if (verbs) {
    lines.push(
      '      elif [ "$COMP_CWORD" -eq 2 ]; then',
      `        COMPREPLY=($(compgen -W ${quoted(verbs.join(' '))} -- "$word"))`,
    );
  }
  lines.push('      fi', '      ;;');
  return lines.join('\n');
}

/** What follows an option that takes a value. */
function ofValue({ name, placeholder = '' }: Option): string {
  const choices = choicesOf(placeholder);
  const words =
    choices.length > 0 ? `COMPREPLY=($(compgen -W ${quoted(choices.join(' '))} -- "$word")); ` : '';
  const files = takesFile(placeholder) ? 'COMPREPLY=($(compgen -f -- "$word")); ' : '';
  return `        --${name}) ${words}${files}return ;;`;
}
