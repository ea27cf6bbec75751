import type { Command } from '../command.ts';

/** Commands that `main.ts` answers by itself. */
export const BUILT_IN: Readonly<Record<string, string>> = {
  help: 'tell about a command',
  version: 'tell the version',
};

/** Every word that may follow `busbar`. */
export const commandWords = (commands: readonly Command[]): string[] => [
  ...commands.map(({ name }) => name),
  ...Object.keys(BUILT_IN),
];

/** Options whose value is the name of a file, by their placeholder. */
export const takesFile = (placeholder: string): boolean => /^(?:FILE|DIR|P)$/.test(placeholder);

/** The choices that a placeholder spells out: `none|sigv4`. */
export const choicesOf = (placeholder: string): string[] =>
  placeholder.includes('|') ? placeholder.split('|') : [];

/** A text in single quotes for bash and zsh. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
