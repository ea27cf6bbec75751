import type { Command, Option } from '../command.ts';
import { BUILT_IN, choicesOf, takesFile } from './words.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** A script for fish. */
export function fishCompletion(commands: readonly Command[]): string {
  const lines = [
    '# Completion of busbar for fish: busbar completion fish > ~/.config/fish/completions/busbar.fish',
  ];
  const first = 'complete -c busbar -n __fish_use_subcommand -f';
  for (const { name, summary } of commands) lines.push(`${first} -a ${name} -d ${quoted(summary)}`);
  for (const [name, summary] of Object.entries(BUILT_IN)) {
    lines.push(`${first} -a ${name} -d ${quoted(summary)}`);
  }
  for (const command of commands) lines.push(...ofCommand(command));
  return `${lines.join('\n')}\n`;
}

function ofCommand({ name, options, verbs = [] }: Command): string[] {
  const start = `complete -c busbar -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
  return [
    ...verbs.map((verb) => `${start} -f -a ${verb}`),
    ...options.map((option) => `${start} ${ofOption(option)}`),
  ];
}

function ofOption({ name, placeholder, help }: Option): string {
  const described = `-l ${name} -d ${quoted(help)}`;
  if (placeholder === undefined) return described;
  const choices = choicesOf(placeholder);
  if (choices.length > 0) return `${described} -x -a ${quoted(choices.join(' '))}`;
  return `${described} ${takesFile(placeholder) ? '-r' : '-x'}`;
}
