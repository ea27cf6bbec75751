import { EventError, PatternError } from '@busbar/pattern';
import { usageError } from './command.ts';
import type { Context } from './context.ts';
import { envelopeOf, parseEvents } from './events.ts';
import { readSource } from './source-text.ts';

/** The one event that a command judges, as the text that rules see. */
export async function readEvent(argument: string, context: Context): Promise<string> {
  const { text, from } = await readSource(argument, 'the event', context);
  const events = parseEvents(text, from);
  if (events.length !== 1) throw usageError(`${from} holds ${events.length} events; one is wanted`);
  return envelopeOf(events[0]!, from);
}

/** A pattern from the command line or a file. */
export async function readPattern(argument: string, context: Context): Promise<string> {
  return (await readSource(argument, 'the pattern', context)).text;
}

/** Runs a judgement; what is wrong with its pattern or event is told as the user's mistake. */
export function judged<Verdict>(judge: () => Verdict): Verdict {
  try {
    return judge();
  } catch (error) {
    if (error instanceof PatternError) throw usageError(`the pattern is not valid: ${error.describe()}`);
    if (error instanceof EventError) throw usageError(`the event is not valid: ${error.message}`);
    throw error;
  }
}
