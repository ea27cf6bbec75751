import { EventError, matchesPattern, type Pattern } from '@busbar/pattern';
import { validationError } from '../../../model/errors.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import { parseEventPattern } from './rule-pattern.ts';

interface Input {
  readonly EventPattern: string;
  readonly Event: string;
}

const REQUIRED_MEMBERS = ['id', 'account', 'source', 'time', 'region', 'detail-type'];

/** An object with the envelope's members, whatever their types. */
function isEvent(text: string): boolean {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    return false;
  }
  if (typeof event !== 'object' || event === null) return false;
  return REQUIRED_MEMBERS.every((member) => Object.hasOwn(event, member));
}

function matches(pattern: Pattern, event: string): boolean {
  try {
    return matchesPattern(pattern, event);
  } catch (error) {
    if (error instanceof EventError) throw validationError('Parameter Event is not valid.');
    throw error;
  }
}

/** TestEventPattern: needs no bus and publishes nothing. The pattern is judged before the event. */
export function testEventPattern(): Operation {
  return defineOperation<Input>('TestEventPattern', async ({ EventPattern, Event }) => {
    const pattern = parseEventPattern(EventPattern);
    if (!isEvent(Event)) throw validationError('Parameter Event is not valid.');
    return { Result: matches(pattern, Event) };
  });
}
