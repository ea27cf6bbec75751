import {
  DELIVERED,
  type OutgoingDelivery,
  type ParameterField,
  type SendOutcome,
  type TargetSession,
} from '../../engine/ports/connector.ts';
import type { Arn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import type { ServiceSettings } from '../../model/service-settings.ts';
import { untilAborted } from '../abortable.ts';
import { domainOf } from '../aws/apis.ts';
import type { AwsCaller } from '../aws/caller.ts';
import { parseObject } from '../aws/classify.ts';
import { isReal } from '../aws/places.ts';
import { field } from '../aws/row.ts';
import { isTooLarge, outcomeOfError, TOO_LARGE } from './outcomes.ts';

export const SERVICE = 'lambda';

const INVOCATION_TYPES = ['Event', 'RequestResponse'] as const;

export const REMOTE_SETTINGS: readonly ParameterField[] = [
  field(
    'invocationType',
    'string',
    'Whether a delivery is done once the call is taken, or once the function has returned.',
    'RequestResponse',
    { choices: INVOCATION_TYPES, fallback: '`Event` with the real service, else `RequestResponse`' },
  ),
  field(
    'functionName',
    'string',
    'What the function is called there, whatever the ARN says: the runtime interface emulator knows one function, `function`.',
    'function',
    { fallback: "the ARN's name; with the real service the ARN" },
  ),
];

/** The function that a session calls. */
interface RemoteFunction {
  readonly arn: Arn;
  readonly name: string;
  readonly qualifier: string | undefined;
  /** The role that the target names; it is assumed where the configuration says so. */
  readonly roleArn: string | undefined;
}

/** Calls of a function behind an endpoint of the Invoke API. The entry of `services` is read anew for every call. */
export function remoteSession(caller: AwsCaller, called: RemoteFunction): TargetSession {
  const send = (batch: readonly OutgoingDelivery[], signal: AbortSignal): Promise<SendOutcome[]> =>
    Promise.all(batch.map((delivery) => sendOne(caller, called, delivery, signal)));
  return {
    maxBatch: 1,
    maxConcurrency: limits.functionRemoteSends,
    // Looking up credentials cannot be stopped.
    send: (batch, signal) => untilAborted(batch.length, signal, () => send(batch, signal)),
    close: async () => undefined,
  };
}

async function sendOne(
  caller: AwsCaller,
  called: RemoteFunction,
  { payload, traceHeader }: OutgoingDelivery,
  signal: AbortSignal,
): Promise<SendOutcome> {
  if (isTooLarge(payload)) return TOO_LARGE;
  const { region, account } = called.arn;
  const settings = caller.places.settingsOf(SERVICE);
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-amz-invocation-type': invocationTypeOf(settings),
  };
  if (traceHeader !== undefined) headers['x-amzn-trace-id'] = traceHeader;
  const result = await caller.send(
    {
      service: SERVICE,
      signingName: SERVICE,
      region,
      account,
      roleArn: called.roleArn,
      method: 'POST',
      url: urlOf(caller, settings, called),
      headers,
      body: payload,
      signed: true,
      timeoutMs: limits.functionRemoteCallMs,
    },
    signal,
  );
  if (result.status === 'failed') return result.outcome;
  if (result.headers['x-amz-function-error'] === undefined) return DELIVERED;
  return outcomeOfError(called.name, parseObject(result.text), OK);
}

/** A function that fails is an answer that went well. */
const OK = 200;

function invocationTypeOf(settings: ServiceSettings | undefined): (typeof INVOCATION_TYPES)[number] {
  const given = INVOCATION_TYPES.find((type) => type === settings?.['invocationType']);
  return given ?? (settings && isReal(settings) ? 'Event' : 'RequestResponse');
}

/** Undefined when nothing is configured any more. */
function urlOf(
  caller: AwsCaller,
  settings: ServiceSettings | undefined,
  { arn, name, qualifier }: RemoteFunction,
): URL | undefined {
  const base = caller.places.baseUrlOf(SERVICE, `https://lambda.${domainOf(arn.region)}`, {
    region: arn.region,
  });
  if (base === undefined) return undefined;
  // Only the ARN tells of functions of other accounts; stand-ins for the service commonly know names alone.
  const own = settings?.['functionName'];
  const whole =
    settings && isReal(settings) ? arn.text : qualifier === undefined ? name : `${name}:${qualifier}`;
  const asked = encodeURIComponent(typeof own === 'string' ? own : whole);
  return new URL(`${base}/2015-03-31/functions/${asked}/invocations`);
}
