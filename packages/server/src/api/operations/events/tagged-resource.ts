import { DEFAULT_BUS } from '../../../engine/catalog.ts';
import type { RequestContext } from '../../../engine/policy/index.ts';
import { eventBusArn, parseArn, type Arn } from '../../../model/arn.ts';
import { validationError } from '../../../model/errors.ts';
import type { Call } from '../../../model/operation.ts';
import type { Tag } from '../../../model/resources.ts';
import { busReference, enterBus, enterExistingRule } from './bus-access.ts';
import { changeBus, changeRule, refuseManaged } from './change.ts';
import type { EventsContext } from './dependencies.ts';
import { crossRegionCall, malformedArn } from './messages.ts';

/** A bus or a rule, as far as its tags go. */
export interface TaggedResource {
  readonly tags: readonly Tag[];
  /** Writes edited tags. */
  change(edit: (tags: readonly Tag[]) => Tag[]): Promise<unknown>;
}

const BUS_PREFIX = 'event-bus/';
const RULE_PREFIX = 'rule/';

function parseResourceArn(text: string, call: Call): Arn {
  const arn = parseArn(text);
  if (arn?.service !== 'events') throw malformedArn(text);
  if (arn.region !== call.region) throw crossRegionCall();
  return arn;
}

/**
 * The bus or rule behind an ARN, once the bus's policy lets the call pass.
 *
 * @param action for example `events:TagResource`.
 * @throws ApiError `ValidationException`, `ResourceNotFoundException`, `AccessDeniedException`.
 */
export async function findTagged(
  context: EventsContext,
  call: Call,
  arnText: string,
  action: string,
  keys: RequestContext,
): Promise<TaggedResource> {
  const arn = parseResourceArn(arnText, call);
  if (arn.resource.startsWith(BUS_PREFIX)) {
    const { document: bus } = await enterBus(context, call, busReference(arnText, call), (resource) => ({
      action,
      resource,
      context: keys,
    }));
    return {
      tags: bus.tags,
      change: (edit) => changeBus(context, bus, (present) => ({ ...present, tags: edit(present.tags) })),
    };
  }
  if (!arn.resource.startsWith(RULE_PREFIX)) {
    throw validationError(`Parameter ${arnText} is not valid. Reason: Only event buses and rules have tags.`);
  }
  // The rule is the last segment; what stands before it, slashes included, is the bus.
  const path = arn.resource.slice(RULE_PREFIX.length);
  const slash = path.lastIndexOf('/');
  const busName = slash < 0 ? DEFAULT_BUS : path.slice(0, slash);
  const rule = await enterExistingRule(context, call, {
    EventBusName: eventBusArn(arn.region, arn.account, busName),
    rule: path.slice(slash + 1),
    action,
    context: keys,
  });
  return {
    tags: rule.tags,
    change: (edit) =>
      changeRule(context, rule, (present) => {
        refuseManaged(present);
        return { ...present, tags: edit(present.tags) };
      }),
  };
}
