import type { Operation } from '../../../model/operation.ts';
import type { EventsContext } from './dependencies.ts';
import { ruleStateOperation } from './rule-state.ts';

/** EnableRule. A rule that also took read-only management events is enabled without them: only PutRule sets that state. */
export const enableRule = (context: EventsContext): Operation =>
  ruleStateOperation(context, 'EnableRule', 'ENABLED');
