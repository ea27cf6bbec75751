import { COMMON_EXITS, EXIT, type Command } from './command.ts';

const COLUMN = 28;

/** `busbar help`: all commands. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 3;
  return [
    'Usage: busbar <command> [options]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    `  ${'help'.padEnd(width)}tell about a command: busbar help <command>`,
    `  ${'version'.padEnd(width)}tell the version`,
  ].join('\n');
}

/** `busbar <command> --help`. */
export function commandHelp(command: Command): string {
  const [first, ...others] = command.usage;
  const lines = [
    `Usage: busbar ${first}`,
    ...others.map((usage) => `       busbar ${usage}`),
    '',
    `${command.summary.charAt(0).toUpperCase()}${command.summary.slice(1)}.`,
    ...(command.description ?? []).flatMap((paragraph) => ['', paragraph]),
  ];
  if (command.options.length > 0) {
    lines.push('', 'Options:');
    for (const { name, placeholder, help } of command.options) {
      const left = placeholder ? `--${name} ${placeholder}` : `--${name}`;
      lines.push(`  ${left.padEnd(COLUMN)}${left.length >= COLUMN ? ' ' : ''}${help}`);
    }
  }
  lines.push('', 'Examples:', ...command.examples.map((example) => `  ${example}`));
  lines.push('', 'Exit codes:');
  for (const [code, meaning] of exitsOf(command)) lines.push(`  ${code}  ${meaning}`);
  return lines.join('\n');
}

/** Every exit code of a command with its meaning, in order. Only clients of a daemon can have trouble with it. */
export function exitsOf({ exits, options }: Command): [string, string][] {
  const isClient = options.some(({ name }) => name === 'url');
  return Object.entries({ ...COMMON_EXITS, ...exits })
    .filter(([code]) => isClient || Number(code) !== EXIT.daemon)
    .sort(([a], [b]) => Number(a) - Number(b));
}
