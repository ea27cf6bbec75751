import { parseArgs } from 'node:util';
import { usageError, type Command, type Invocation } from './command.ts';
import { didYouMean } from './suggest.ts';

/** Takes a command line apart. Throws a `CliError` that says what is wrong with it. */
export function parseInvocation(command: Command, argv: readonly string[]): Invocation {
  const known = new Map(command.options.map((option) => [option.name, option]));
  const options = Object.fromEntries(
    command.options.map(
      ({ name, placeholder }) => [name, { type: placeholder ? 'string' : 'boolean' } as const] as const,
    ),
  );
  // Judged here, not by `strict`: its messages cannot say what was meant.
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const flags: Record<string, string | true> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = known.get(token.name);
    if (!option) {
      throw usageError(
        `there is no option \`${token.rawName}\`${didYouMean(token.name, known.keys(), '--')}`,
      );
    }
    if (!option.placeholder && token.value !== undefined) {
      throw usageError(`\`--${option.name}\` takes no value`);
    }
    if (option.placeholder && (token.value === undefined || token.value === '')) {
      throw usageError(`\`--${option.name}\` needs a value: --${option.name} ${option.placeholder}`);
    }
    if (option.placeholder && !token.inlineValue && token.value?.startsWith('--')) {
      throw usageError(
        `\`--${option.name}\` needs a value; write --${option.name}=${token.value} if that is it`,
      );
    }
    flags[option.name] = token.value ?? true;
  }
  checkPositionals(command, positionals);
  return { argv, flags, positionals };
}

function checkPositionals(command: Command, positionals: readonly string[]): void {
  const { min, max } = command.positionals;
  const forms = command.usage.map((usage) => `busbar ${usage}`).join('\n  or: ');
  const [verb] = positionals;
  if (command.verbs && verb !== undefined && !command.verbs.includes(verb)) {
    throw usageError(
      `there is no \`${command.name} ${verb}\`${didYouMean(verb, command.verbs, `${command.name} `)}` +
        `\nusage: ${forms}`,
    );
  }
  if (positionals.length < min) throw usageError(`something is missing\nusage: ${forms}`);
  if (positionals.length > max) {
    throw usageError(`\`${positionals[max]}\` is one argument too many\nusage: ${forms}`);
  }
}

/** The value of an option that takes one. */
export function valueOf({ flags }: Invocation, name: string): string | undefined {
  const value = flags[name];
  return value === true ? undefined : value;
}

/** A whole number from an option. */
export function numberOf(invocation: Invocation, name: string, min: number, max: number): number | undefined {
  const text = valueOf(invocation, name);
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw usageError(`\`--${name}\` must be a whole number from ${min} to ${max}, not \`${text}\``);
}
