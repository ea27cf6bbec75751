import { DEFAULT_BUS, type Versioned } from '../../../engine/catalog.ts';
import { evaluatePolicy, type RequestContext } from '../../../engine/policy/index.ts';
import { eventBusArn, parseArn, ruleArn } from '../../../model/arn.ts';
import type { Call } from '../../../model/operation.ts';
import type { EventBus, Rule, Scope } from '../../../model/resources.ts';
import type { EventsContext } from './dependencies.ts';
import { accessDenied, busNotFound, crossRegionCall, malformedArn, ruleNotFound } from './messages.ts';

/** A bus as a call names it; it need not exist. */
export interface BusReference {
  readonly scope: Scope;
  readonly name: string;
  /** It belongs to another account than the caller's. */
  readonly foreign: boolean;
}

const BUS_PREFIX = 'event-bus/';

/**
 * Reads `EventBusName`: absent (the default bus), a name, or an ARN, which may be another account's.
 *
 * @throws ApiError `ValidationException` for an ARN of another region or of another kind.
 */
export function busReference(nameOrArn: string | undefined, call: Call): BusReference {
  if (nameOrArn === undefined || !nameOrArn.startsWith('arn:')) {
    return { scope: call, name: nameOrArn ?? DEFAULT_BUS, foreign: false };
  }
  const arn = parseArn(nameOrArn);
  if (!arn?.resource.startsWith(BUS_PREFIX)) throw malformedArn(nameOrArn);
  if (arn.region !== call.region) throw crossRegionCall();
  return {
    scope: { account: arn.account, region: arn.region },
    name: arn.resource.slice(BUS_PREFIX.length),
    foreign: arn.account !== call.account,
  };
}

/** The bus, if it exists. The caller's own default bus always does; another account's is not brought into being. */
export async function findBus(
  { catalog }: EventsContext,
  { scope, name, foreign }: BusReference,
): Promise<Versioned<EventBus> | undefined> {
  return catalog.bus(scope, name) ?? (foreign ? undefined : await catalog.resolveBus(scope, name));
}

/** The caller's own bus. Throws `ResourceNotFoundException`. */
export async function requireOwnBus(
  context: EventsContext,
  call: Call,
  name: string | undefined,
): Promise<Versioned<EventBus>> {
  const reference = { scope: call, name: name ?? DEFAULT_BUS, foreign: false };
  const bus = await findBus(context, reference);
  if (!bus) throw busNotFound(reference.name);
  return bus;
}

export interface Attempt {
  /** For example `events:PutRule`. */
  readonly action: string;
  /** The ARN of the bus or rule that it is about. */
  readonly resource: string;
  readonly context?: RequestContext;
}

/**
 * Holds a call against the policy of the bus that it is about. The owner needs no policy but obeys its denials; anybody
 * else needs one that allows the call.
 *
 * @param policy of the bus; undefined also for a bus that does not exist.
 * @returns why the call is refused, in IAM's words; undefined when it may go on.
 */
export function denialOf(
  call: Call,
  policy: string | undefined,
  foreign: boolean,
  { action, resource, context = {} }: Attempt,
): string | undefined {
  if (policy === undefined && !foreign) return undefined;
  const { account: principalAccount, arn: principalArn } = call.principal;
  const decision = evaluatePolicy(policy, { principalAccount, principalArn, action, resource, context });
  if (decision === 'allow' || (decision === 'none' && !foreign)) return undefined;
  const refused = `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource}`;
  return decision === 'deny' && policy !== undefined
    ? `${refused} with an explicit deny in a resource-based policy`
    : `${refused} because no resource-based policy allows the ${action} action`;
}

/**
 * The bus that a call names, once its policy lets the call pass. To other accounts a bus that does not exist looks like one
 * that does not let them in.
 *
 * @param attemptOn what is tried, on the bus with this ARN.
 * @throws ApiError `ResourceNotFoundException`, `AccessDeniedException`.
 */
export async function enterBus(
  context: EventsContext,
  call: Call,
  reference: BusReference,
  attemptOn: (arn: string) => Attempt,
): Promise<Versioned<EventBus>> {
  const { scope, name, foreign } = reference;
  const bus = await findBus(context, reference);
  if (!bus && !foreign) throw busNotFound(name);
  const attempt = attemptOn(eventBusArn(scope.region, scope.account, name));
  const denial = denialOf(call, bus?.document.policy, foreign, attempt);
  if (denial !== undefined) throw accessDenied(denial);
  if (!bus) throw busNotFound(name);
  return bus;
}

/** A rule as a call names it, on a bus that the call may use. */
export interface RuleAccess {
  readonly bus: EventBus;
  readonly rule: Versioned<Rule> | undefined;
}

export interface RuleCall {
  readonly EventBusName: string | undefined;
  /** The rule's name; `*` for calls that are about all rules of the bus. */
  readonly rule: string;
  readonly action: string;
  /** Condition keys that only the operation knows. */
  readonly context?: RequestContext;
}

/**
 * Finds the bus of a call about a rule, and checks its policy.
 *
 * @throws ApiError `ValidationException`, `ResourceNotFoundException` (of the bus), `AccessDeniedException`.
 */
export async function enterRule(
  context: EventsContext,
  call: Call,
  { EventBusName, rule: name, action, context: keys }: RuleCall,
): Promise<RuleAccess> {
  const reference = busReference(EventBusName, call);
  const { scope } = reference;
  const found = context.catalog.rule(scope, reference.name, name)?.document;
  const { document: bus } = await enterBus(context, call, reference, () => ({
    action,
    resource: ruleArn(scope.region, scope.account, reference.name, name),
    context: {
      // Who creates a rule is its creator.
      'events:creatorAccount': found?.createdBy ?? call.principal.account,
      ...(found?.managedBy === undefined ? {} : { 'events:ManagedBy': found.managedBy }),
      ...keys,
    },
  }));
  return { bus, rule: context.catalog.rule(bus, bus.name, name) };
}

/** Like `enterRule`, for a rule that must exist. */
export async function enterExistingRule(
  context: EventsContext,
  call: Call,
  ruleCall: RuleCall,
): Promise<Rule> {
  const { bus, rule } = await enterRule(context, call, ruleCall);
  if (!rule) throw ruleNotFound(ruleCall.rule, bus.name);
  return rule.document;
}
