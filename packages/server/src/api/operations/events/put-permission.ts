import { DEFAULT_BUS } from '../../../engine/catalog.ts';
import { matchesGlob } from '../../../engine/policy/glob.ts';
import { checkPolicy, policyResources, putStatement } from '../../../engine/policy/index.ts';
import type { StoredStatement } from '../../../engine/policy/index.ts';
import { parseArn, partitionOf } from '../../../model/arn.ts';
import { ApiError, validationError } from '../../../model/errors.ts';
import { limits } from '../../../model/limits.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import type { EventBus } from '../../../model/resources.ts';
import { requireOwnBus } from './bus-access.ts';
import { changeBus } from './change.ts';
import type { EventsContext } from './dependencies.ts';

interface Condition {
  readonly Type: string;
  readonly Key: string;
  readonly Value: string;
}

interface Input {
  readonly EventBusName?: string;
  readonly Action?: string;
  readonly Principal?: string;
  readonly StatementId?: string;
  readonly Condition?: Condition;
  readonly Policy?: string;
}

const PUT_EVENTS = 'events:PutEvents';
const EVERYONE = '*';
const ORGANISATION_KEY = 'aws:PrincipalOrgID';

/** The statement form's parts, all present. */
interface StatementInput {
  readonly principal: string;
  readonly statementId: string;
  readonly condition: Condition | undefined;
}

function checkStatement(input: Input): StatementInput {
  const { Principal: principal, Action: action, StatementId: statementId, Condition: condition } = input;
  if (principal === undefined) throw validationError('Parameter Principal must be specified.');
  if (action === undefined) throw validationError('Parameter Action must be specified.');
  if (action !== PUT_EVENTS) throw validationError("Provided value in parameter 'action' is not supported.");
  if (statementId === undefined) throw validationError('Parameter StatementId must be specified.');
  if (condition) checkCondition(condition, principal);
  return { principal, statementId, condition };
}

function checkCondition({ Type: type, Key: key }: Condition, principal: string): void {
  if (type !== 'StringEquals' || key !== ORGANISATION_KEY) {
    throw validationError(
      `Parameter Condition is not valid. Reason: It must be StringEquals on ${ORGANISATION_KEY}.`,
    );
  }
  if (principal !== EVERYONE) {
    throw validationError('Parameter Condition is not valid. Reason: It needs the principal *.');
  }
}

function storedStatement(
  bus: EventBus,
  { principal, statementId, condition }: StatementInput,
): StoredStatement {
  return {
    Sid: statementId,
    Effect: 'Allow',
    Principal:
      principal === EVERYONE ? EVERYONE : { AWS: `arn:${partitionOf(bus.region)}:iam::${principal}:root` },
    Action: PUT_EVENTS,
    Resource: bus.arn,
    ...(condition ? { Condition: { [condition.Type]: { [condition.Key]: condition.Value } } } : {}),
  };
}

/** Whether a resource of a policy is the bus, rules on it, or a pattern that covers them. */
function belongsTo(resource: string, bus: EventBus): boolean {
  if (matchesGlob(resource, bus.arn)) return true;
  const arn = parseArn(resource);
  if (arn?.service !== 'events' || !arn.resource.startsWith('rule/')) return false;
  const scope = [arn.region, arn.account];
  if (!matchesGlob(scope.join(':'), `${bus.region}:${bus.account}`)) return false;
  return (
    bus.name === DEFAULT_BUS || /[*?]/.test(arn.resource) || arn.resource.startsWith(`rule/${bus.name}/`)
  );
}

function checkResources(policy: string, bus: EventBus): void {
  for (const resource of policyResources(policy)) {
    if (belongsTo(resource, bus)) continue;
    const relative = parseArn(resource)?.resource ?? resource;
    throw validationError(`The relative-id "${relative}" is invalid for ARN "${resource}"`);
  }
}

function checkLength(policy: string): string {
  if (policy.length <= limits.busPolicyChars) return policy;
  throw new ApiError(
    'PolicyLengthExceededException',
    `The policy is longer than ${limits.busPolicyChars} characters.`,
  );
}

/** PutPermission: puts one statement, or the whole policy. */
export function putPermission(context: EventsContext): Operation {
  return defineOperation<Input>('PutPermission', async (input, call) => {
    const { Policy: policy } = input;
    const statement = policy === undefined ? checkStatement(input) : undefined;
    if (policy !== undefined) {
      if (input.Action ?? input.Principal ?? input.StatementId ?? input.Condition) {
        throw validationError(
          'Parameter Policy cannot be combined with Action, Principal, StatementId or Condition.',
        );
      }
      checkLength(policy);
      const fault = checkPolicy(policy);
      if (fault !== undefined) throw validationError(fault);
    }
    const { document: bus } = await requireOwnBus(context, call, input.EventBusName);
    if (policy !== undefined) checkResources(policy, bus);
    await changeBus(context, bus, (present) => ({
      ...present,
      policy: statement
        ? checkLength(putStatement(present.policy, storedStatement(present, statement)))
        : policy,
    }));
    return undefined;
  });
}
