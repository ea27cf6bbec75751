import { matchesPattern } from '@busbar/pattern';
import { valueOf } from './arguments.ts';
import { EXIT, JSON_OPTION, usageError, type Command } from './command.ts';
import { judged, readEvent, readPattern } from './pattern-input.ts';

export const testPattern: Command = {
  name: 'test-pattern',
  summary: 'tell whether a pattern matches an event',
  usage: ['test-pattern --pattern P <event json|file|->'],
  description: ['Needs no daemon. `busbar explain --pattern` tells why.'],
  options: [{ name: 'pattern', placeholder: 'P', help: 'an event pattern, or a file of one' }, JSON_OPTION],
  positionals: { min: 1, max: 1 },
  examples: ['busbar test-pattern --pattern \'{"source":["shop.orders"]}\' event.json && echo it matches'],
  exits: { 0: 'the event matches', 1: 'the event does not match' },
  async run(invocation, context) {
    const given = valueOf(invocation, 'pattern');
    if (given === undefined) throw usageError('`--pattern` is needed');
    const pattern = await readPattern(given, context);
    const event = await readEvent(invocation.positionals[0]!, context);
    const matched = judged(() => matchesPattern(pattern, event));
    if (invocation.flags['json'] === true) await context.output.json({ matched });
    else await context.output.line(matched ? 'match' : 'no match');
    return matched ? EXIT.ok : EXIT.failed;
  },
};
