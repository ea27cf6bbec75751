import type { Context } from './context.ts';

/** A flag of a command. */
export interface Option {
  /** Without the dashes. */
  readonly name: string;
  /** What its value is called; absent for a flag that takes none. */
  readonly placeholder?: string;
  readonly help: string;
}

/** What follows a command, taken apart and checked against its options. */
export interface Invocation {
  /** Everything behind the command's name, as it was written. */
  readonly argv: readonly string[];
  readonly flags: Readonly<Record<string, string | true | undefined>>;
  readonly positionals: readonly string[];
}

/** A command of `busbar`: one file, one line in the list of `main.ts`. Help, documentation and completion are made of it. */
export interface Command {
  readonly name: string;
  /** One line, lower case, without a full stop. */
  readonly summary: string;
  /** What follows `busbar `, one line a form. */
  readonly usage: readonly string[];
  /** More about it, in paragraphs. */
  readonly description?: readonly string[];
  readonly options: readonly Option[];
  /** How many arguments besides options it takes. */
  readonly positionals: { readonly min: number; readonly max: number };
  /** What the first argument may be, where that is a closed list. */
  readonly verbs?: readonly string[];
  readonly examples: readonly string[];
  /** Exit code → what it means, for those beyond `COMMON_EXITS`. */
  readonly exits: Readonly<Record<number, string>>;
  /** Answers the exit code. Throws a `CliError` for what the user has to be told. */
  run(invocation: Invocation, context: Context): Promise<number>;
}

/** A message for the user and the exit code that goes with it. */
export class CliError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}

/** Exit codes that mean the same for every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2, daemon: 3 } as const;

export const usageError = (message: string): CliError => new CliError(message, EXIT.usage);

/** The daemon cannot be reached or does not do what it is asked. */
export const daemonError = (message: string): CliError => new CliError(message, EXIT.daemon);

export const COMMON_EXITS: Readonly<Record<number, string>> = {
  [EXIT.ok]: 'done',
  [EXIT.usage]: 'the command line cannot be used',
  [EXIT.daemon]: 'the daemon cannot be reached, or does not know or allow what was asked for',
};

export const JSON_OPTION: Option = { name: 'json', help: 'answer as JSON, for programs' };

/** Options of every command that talks to a daemon. */
export const CLIENT_OPTIONS: readonly Option[] = [
  {
    name: 'url',
    placeholder: 'URL',
    help: 'the daemon (default: AWS_ENDPOINT_URL, BUSBAR_URL, http://127.0.0.1:4010)',
  },
  { name: 'region', placeholder: 'R', help: 'region to act in (default: AWS_REGION, AWS_DEFAULT_REGION)' },
  {
    name: 'account',
    placeholder: 'ID',
    help: 'account to act in, where signatures are not verified (default: that of the key)',
  },
  JSON_OPTION,
];
