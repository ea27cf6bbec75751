import type { ApiError } from '../../../model/errors.ts';
import { validationError } from '../../../model/errors.ts';
import { parseArn } from '../../../model/arn.ts';
import type { Call } from '../../../model/operation.ts';
import type { EventBus } from '../../../model/resources.ts';
import { requireOwnBus } from './bus-access.ts';
import type { EventsContext } from './dependencies.ts';
import { busNotFound, crossRegionCall } from './messages.ts';

const BUS_PREFIX = 'event-bus/';

const noBus = (): ApiError =>
  validationError('Parameter EventSourceArn is not valid. Reason: Must contain an event bus ARN.');

/**
 * The bus that an archive is about: one of the caller's own.
 *
 * @throws ApiError `ValidationException` for another ARN than a bus's, or one of another region; `ResourceNotFoundException`.
 */
export async function archiveSource(context: EventsContext, call: Call, arnText: string): Promise<EventBus> {
  const arn = parseArn(arnText);
  if (!arn?.resource.startsWith(BUS_PREFIX)) throw noBus();
  if (arn.region !== call.region) throw crossRegionCall();
  const name = arn.resource.slice(BUS_PREFIX.length);
  if (arn.account !== call.account) throw busNotFound(name);
  return (await requireOwnBus(context, call, name)).document;
}
