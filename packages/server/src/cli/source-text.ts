import { readFileSync } from 'node:fs';
import { usageError } from './command.ts';
import type { Context } from './context.ts';

/** A text with the name to call it by in messages. */
export interface SourceText {
  readonly text: string;
  readonly from: string;
}

/** What an argument stands for: JSON as it is, `-` for standard input, else the name of a file. */
export async function readSource(
  argument: string,
  what: string,
  { readInput }: Context,
): Promise<SourceText> {
  if (argument === '-') return { text: await readInput(), from: 'standard input' };
  if (/^\s*[{[]/.test(argument)) return { text: argument, from: what };
  try {
    return { text: readFileSync(argument, 'utf8'), from: argument };
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? `there is no file \`${argument}\`, and it is not JSON either`
        : `\`${argument}\` cannot be read: ${(error as Error).message}`;
    throw usageError(reason);
  }
}
