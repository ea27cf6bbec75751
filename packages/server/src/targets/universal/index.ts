import type { Clock } from '../../engine/ports/clock.ts';
import {
  DELIVERED,
  type DocumentedConnector,
  type OutgoingDelivery,
  type SendOutcome,
  type SessionContext,
  type TargetSession,
} from '../../engine/ports/connector.ts';
import type { HttpClients } from '../../engine/ports/http-client.ts';
import { limits } from '../../model/limits.ts';
import type { TargetSettings } from '../../model/resources.ts';
import type { ServiceDirectory } from '../../model/service-settings.ts';
import { parseUniversalCall, type UniversalCall } from '../../model/universal-call.ts';
import { untilAborted } from '../abortable.ts';
import { domainOf } from '../aws/apis.ts';
import { createAwsCaller, foreignAnswer, type AwsCaller } from '../aws/caller.ts';
import { notConfigured } from '../aws/places.ts';
import type { UniversalApi } from './api.ts';
import { apiOf, hasAction, isUncalledApi, serviceNameOf } from './directory.ts';
import {
  callInHouse,
  invalid,
  invokeInHouse,
  localFunctionOf,
  localServiceOf,
  type Attempt,
  type InHouse,
} from './in-house.ts';
import { inputShape, isObject, isTooDeep, withToken, type CallInput } from './input.ts';
import { isAnswerTo, operationOf, requestOf } from './request.ts';

const notes = `For schedules only. A schedule may name every action that changes something of the APIs that speak AWS JSON, the query protocol or that of EC2, and of the commonest that speak REST-JSON; [one table](../../packages/server/src/targets/universal/apis.json) says which. S3, Route 53, CloudFront and other APIs in XML are not among them.

Where a call goes:

| service | goes to |
| --- | --- |
| \`sqs\`, \`eventbridge\`, \`cloudwatchlogs\`, \`scheduler\` | this daemon's own API; with an entry of its own in \`services\`, there |
| \`lambda:invoke\` | the local function of that name; else where the entry \`lambda\` says |
| every other | where the entry of \`services\` says that is named like the service's part of a signature (\`states\` for \`sfn\`, \`monitoring\` for \`cloudwatch\`), else the entry \`aws\` |

Without an entry the schedule is refused, and the answer says what to write into the configuration.

The input is that of the action, its members in Pascal case (\`StateMachineArn\`) or in the API's own (\`stateMachineArn\`). Blobs are given as texts and times as texts or in seconds; they are sent in the form that the API wants. A member that makes a call idempotent (\`ClientToken\`) is filled in when it is left out: it is the same for every attempt.

Throttling, faults of the service, and what keeps a call from arriving are retried. What the service refuses (a missing resource, a wrong parameter, no permission) is not.`;

/** What universal targets reach. */
export interface UniversalReach extends InHouse {
  readonly services: ServiceDirectory;
  readonly http: HttpClients;
  readonly clock: Clock;
}

/** A call of an API, as schedules name it: the payload is the input of that call. */
export function universalTarget(reach: UniversalReach): DocumentedConnector {
  const caller = createAwsCaller(reach.services, reach.http.trusted, reach.clock);
  return {
    kind: 'universal',
    description: 'A call of an AWS API, for schedules of the Scheduler: the input is that of the call.',
    docs: {
      title: 'Universal target (Scheduler)',
      arnForm: 'arn:aws:scheduler:::aws-sdk:<service>:<action>',
      arnExample: 'arn:aws:scheduler:::aws-sdk:sfn:startExecution',
      testedAgainst:
        "moto 5.2.1, botocore's own requests for the same calls, and the built-in queue, event bus, log groups and functions",
      notes,
    },
    parameters: { block: undefined, fields: [] },
    accepts: (arn) => arn.service === 'scheduler' && parseUniversalCall(arn.resource) !== undefined,
    check: (arn, target) => checkCall(reach, caller, parseUniversalCall(arn.resource)!, target),
    open: (arn, target, context) =>
      openSession(reach, caller, parseUniversalCall(arn.resource)!, target, context),
  };
}

function checkCall(
  { apis, functions }: InHouse,
  { places }: AwsCaller,
  call: UniversalCall,
  target: TargetSettings,
): string | undefined {
  const api = apiOf(call);
  if (!api) {
    return isUncalledApi(call)
      ? `Busbar does not call ${call.service} for schedules yet.`
      : `${call.service} is not a supported service for a target`;
  }
  if (!hasAction(api, call.action)) return `${call.action} API is not supported.`;
  const { signingName: entry } = api;
  const local = localServiceOf(serviceNameOf(call));
  if (local !== undefined && !places.entryOf(entry)) {
    const operation = operationOf(call.action);
    return apis.has(local, operation) ? undefined : `Busbar does not implement ${local}:${operation} yet.`;
  }
  if (isInvoke(call) && localFunctionOf(functions, readInput(target.Input) ?? {})) return undefined;
  return places.settingsOf(entry) ? undefined : notConfigured(entry);
}

const isInvoke = ({ service, action }: UniversalCall): boolean => service === 'lambda' && action === 'invoke';

function readInput(text: string | undefined): CallInput | undefined {
  try {
    const input: unknown = JSON.parse(text ?? '');
    return isObject(input) && !isTooDeep(input) ? input : undefined;
  } catch {
    return undefined;
  }
}

function openSession(
  reach: UniversalReach,
  caller: AwsCaller,
  call: UniversalCall,
  { RoleArn: roleArn }: TargetSettings,
  from: SessionContext,
): TargetSession {
  const api = apiOf(call);
  const sendOne = async (delivery: OutgoingDelivery, signal: AbortSignal): Promise<SendOutcome> => {
    if (!api)
      return { status: 'reject', code: 'NO_RESOURCE', reason: `Busbar does not call ${call.service}.` };
    const input = readInput(delivery.payload);
    if (!input) return invalid('The input of the call is no JSON object, or lies too deep.');
    const attempt: Attempt = { delivery, input, from, signal };
    const function_ = isInvoke(call) ? localFunctionOf(reach.functions, input) : undefined;
    if (function_) return invokeInHouse(reach.functions, function_, attempt);
    const service = serviceNameOf(call);
    const isLocal = localServiceOf(service) !== undefined && !caller.places.entryOf(api.signingName);
    if (isLocal) return callInHouse(reach, { ...call, service }, api, attempt);
    return callOutside(caller, api, call, roleArn, attempt);
  };
  return {
    maxBatch: 1,
    maxConcurrency: limits.awsTargetSends,
    send: (batch, signal) =>
      untilAborted(batch.length, signal, () =>
        Promise.all(batch.map((delivery) => sendOne(delivery, signal))),
      ),
    close: async () => undefined,
  };
}

/** Makes a call where the configuration says that the service is. */
async function callOutside(
  caller: AwsCaller,
  api: UniversalApi,
  { action }: UniversalCall,
  roleArn: string | undefined,
  { delivery, input, from, signal }: Attempt,
): Promise<SendOutcome> {
  const { signingName, host, global } = api;
  const { account } = from;
  const region = global === undefined ? from.region : GLOBAL_REGION;
  const written = requestOf(api, action, withToken(inputShape(api, action), input, delivery.deliveryId));
  if (typeof written === 'string') return invalid(written);
  const { method, path, headers: given, body } = written;
  const base = caller.places.baseUrlOf(signingName, `https://${global ?? `${host}.${domainOf(region)}`}`, {
    region,
  });
  const url = base === undefined ? undefined : new URL(base + path);
  const headers = { ...given, ...(delivery.traceHeader && { 'x-amzn-trace-id': delivery.traceHeader }) };
  const operation = operationOf(action);
  const purpose = { service: signingName, signingName, region, account, roleArn, operation };
  const result = await caller.send({ ...purpose, method, url, headers, body, signed: true }, signal);
  if (result.status === 'failed') return result.outcome;
  if (isAnswerTo(api, action, result.text)) return DELIVERED;
  return foreignAnswer(signingName, { ...purpose, method, url: url!, headers, body });
}

/** Where services are called that all regions share. */
const GLOBAL_REGION = 'us-east-1';
