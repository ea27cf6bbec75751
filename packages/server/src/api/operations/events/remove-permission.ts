import { removeStatement } from '../../../engine/policy/index.ts';
import { resourceNotFound, validationError } from '../../../model/errors.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { EventBus } from '../../../model/resources.ts';
import { requireOwnBus } from './bus-access.ts';
import { changeBus } from './change.ts';
import type { EventsContext } from './dependencies.ts';

interface Input {
  readonly StatementId?: string;
  readonly RemoveAllPermissions?: boolean;
  readonly EventBusName?: string;
}

function withoutStatement(bus: EventBus, statementId: string): EventBus {
  const removed = removeStatement(bus.policy, statementId);
  if (!removed.found) throw resourceNotFound('Statement with the provided id does not exist.');
  return { ...bus, policy: removed.policy };
}

/** RemovePermission: takes one statement out of the bus's policy, or drops the policy. */
export function removePermission(context: EventsContext): Operation {
  return defineOperation<Input>('RemovePermission', async (input, call) => {
    const { StatementId: statementId, RemoveAllPermissions: all = false } = input;
    if (!all && statementId === undefined) throw validationError('Parameter StatementId is required.');
    const { document: bus } = await requireOwnBus(context, call, input.EventBusName);
    await changeBus(context, bus, (present) => {
      if (!all) return withoutStatement(present, statementId!);
      return present.policy === undefined ? present : { ...present, policy: undefined };
    });
    return undefined;
  });
}
