import type { Operation } from '../../../model/operation.ts';
import type { EventsContext } from './dependencies.ts';
import { ruleStateOperation } from './rule-state.ts';

/** DisableRule: no matching and no ticks until the rule is enabled again. */
export const disableRule = (context: EventsContext): Operation =>
  ruleStateOperation(context, 'DisableRule', 'DISABLED');
