import type { Command, Option } from '../command.ts';
import { BUILT_IN, choicesOf, quoted, takesFile } from './words.ts';

/** A function for zsh's completion system, to be stored as `_busbar` in the `fpath`. */
export function zshCompletion(commands: readonly Command[]): string {
  const described = [
    ...commands.map(({ name, summary }) => `${name}:${summary.replaceAll(':', '\\:')}`),
    ...Object.entries(BUILT_IN).map(([name, summary]) => `${name}:${summary}`),
  ];
  return `#compdef busbar
# Completion of busbar for zsh: busbar completion zsh > "\${fpath[1]}/_busbar"
_busbar() {
  local -a commands
  commands=(
${described.map((line) => `    ${quoted(line)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command="\${words[2]}"
  words=("\${(@)words[2,-1]}")
  (( CURRENT-- ))
  case "$command" in
    help)
      _describe command commands
      ;;
${commands.map(ofCommand).join('\n')}
  esac
}
if [ "$funcstack[1]" = "_busbar" ]; then _busbar "$@"; else compdef _busbar busbar; fi
`;
}

function ofCommand({ name, options, verbs, positionals }: Command): string {
  const specs = options.map(ofOption);
  specs.push(quoted('--help[tell about the command]'));
  if (verbs) specs.push(quoted(`1:what:(${verbs.join(' ')})`));
  if (positionals.max > 0) specs.push(quoted('*:argument:_files'));
  return `    ${name})\n      _arguments \\\n${specs.map((spec) => `        ${spec}`).join(' \\\n')}\n      ;;`;
}

function ofOption({ name, placeholder, help }: Option): string {
  const described = `--${name}[${help.replace(/[[\]\\:]/g, (char) => `\\${char}`)}]`;
  if (placeholder === undefined) return quoted(described);
  const choices = choicesOf(placeholder);
  const values = choices.length > 0 ? `(${choices.join(' ')})` : takesFile(placeholder) ? '_files' : ' ';
  return quoted(`${described}:${placeholder.replaceAll(':', '')}:${values}`);
}
