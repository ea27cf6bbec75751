import type { Clock } from '../engine/ports/clock.ts';
import type {
  DocumentedConnector,
  OutgoingDelivery,
  ParameterSpec,
  SendOutcome,
  TargetSession,
} from '../engine/ports/connector.ts';
import type { DestinationAccess, DestinationAnswer } from '../engine/ports/destination-access.ts';
import type { HttpClient } from '../engine/ports/http-client.ts';
import type { Arn } from '../model/arn.ts';
import { limits } from '../model/limits.ts';
import type { TargetSettings } from '../model/resources.ts';
import { untilAborted } from './abortable.ts';
import { CLOUD_EVENTS_FIELD, cloudEventsMode } from './cloud-events.ts';
import { AdaptiveLimit } from './http/adaptive-limit.ts';
import { outcomeOf } from './http/destination-outcome.ts';
import { DestinationRequests, type DestinationPlace } from './http/destination-request.ts';
import { HTTP_BLOCK, httpFields, httpParametersOf, prepareParameters } from './http/http-parameters.ts';
import { RateGates, type RateGate } from './http/rate-gate.ts';
import { redactionOf } from './http/redaction.ts';
import { foreignBlock } from './parameter-blocks.ts';

const parameters: ParameterSpec = {
  block: HTTP_BLOCK,
  fields: httpFields('the connection'),
  busbarFields: [CLOUD_EVENTS_FIELD],
};

const NAME = /^api-destination\/[.\-_A-Za-z0-9]{1,64}\/[-A-Za-z0-9]+$/;

/** What the connector reaches. */
export interface ApiDestinationReach {
  readonly client: HttpClient;
  readonly destinations: DestinationAccess;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** API destinations: one HTTP request a delivery, with the credentials of a connection. */
export function apiDestinationTarget(reach: ApiDestinationReach): DocumentedConnector {
  const gates = new RateGates(reach.clock);
  return {
    kind: 'api-destination',
    description: 'An API destination: one HTTP request a delivery, with the credentials of its connection.',
    docs: {
      title: 'API destination (HTTP)',
      arnForm: 'arn:aws:events:<region>:<account>:api-destination/<name>/<uuid>',
      arnExample:
        'arn:aws:events:us-east-1:000000000000:api-destination/orders/0b5b9e5c-8f0b-4f0e-9a44-0d7a6c1f2e3d',
      testedAgainst: 'an HTTP server, and an OAuth server (oidc-provider)',
      notes:
        'The request is tried again after 409, 429, 5xx, timeouts and broken connections, and after 401 and 407 once (with ' +
        '`compat: aws` as often as the retry policy allows); any other answer ' +
        'is final, and redirects are not followed. `Retry-After` is honoured. How to make a connection and a destination, ' +
        'which addresses can be reached, and how requests are signed: [HTTP targets](../http-targets.md).',
    },
    parameters,
    accepts: (arn) => arn.service === 'events' && arn.resource.startsWith('api-destination/'),
    check: checkApiDestination,
    open: (arn, target) => new ApiDestinationSession(reach, gates, arn, target),
  };
}

function checkApiDestination(arn: Arn, target: TargetSettings): string | undefined {
  if (!NAME.test(arn.resource) || arn.account === '' || arn.region === '') {
    return `Parameter ${arn.text} is not valid. Reason: Provided Arn is not in correct format.`;
  }
  return foreignBlock(target, HTTP_BLOCK);
}

/** Codes of failures that come of too much work rather than of a wrong request. */
const OVERLOADED: ReadonlySet<string> = new Set([
  'TIMEOUT',
  'CONNECTION_FAILURE',
  'THROTTLING',
  'ERROR_FROM_TARGET',
]);

const LATE: SendOutcome = {
  status: 'retry',
  code: 'TIMEOUT',
  reason: 'The rate of the API destination left no room for this attempt.',
};

class ApiDestinationSession implements TargetSession {
  readonly maxBatch = 1;
  readonly #reach: ApiDestinationReach;
  readonly #arn: string;
  readonly #requests: DestinationRequests;
  readonly #limit: AdaptiveLimit;
  readonly #gates: RateGates;
  readonly #gate: RateGate;
  #rate = Infinity;
  #underWay = 0;

  constructor(reach: ApiDestinationReach, gates: RateGates, arn: Arn, target: TargetSettings) {
    this.#reach = reach;
    this.#arn = arn.text;
    this.#requests = new DestinationRequests({
      prepared: prepareParameters(httpParametersOf(target)),
      cloudEvents: cloudEventsMode(target),
      timeoutMs: reach.timeoutMs,
    });
    this.#limit = new AdaptiveLimit(reach.clock);
    this.#gates = gates;
    this.#gate = gates.enter(arn.text);
  }

  /** Follows what the peer can take. None when enough wait for the rate already: the lane asks again by itself. */
  get maxConcurrency(): number {
    return this.#gate.isFull(this.#rate) ? 0 : this.#limit.value;
  }

  send(batch: readonly OutgoingDelivery[], signal: AbortSignal): Promise<SendOutcome[]> {
    const opened = this.#reach.destinations.open(this.#arn);
    const sendAll = (answer: DestinationAnswer): Promise<SendOutcome[]> =>
      Promise.all(batch.map((delivery) => this.#sendOne(answer, delivery, signal)));
    // A request ends by the signal itself. What fetches an access token has no signal.
    return opened instanceof Promise
      ? untilAborted(batch.length, signal, async () => sendAll(await opened))
      : sendAll(opened);
  }

  close(): Promise<void> {
    this.#gates.leave(this.#arn);
    return Promise.resolve();
  }

  async #sendOne(
    opened: DestinationAnswer,
    delivery: OutgoingDelivery,
    signal: AbortSignal,
  ): Promise<SendOutcome> {
    if (opened.kind !== 'open') return closedOutcome(opened);
    this.#rate = opened.destination.ratePerSecond;
    const turn = this.#gate.pass(this.#rate, signal);
    if (turn !== true && !(await turn)) return LATE;
    const outcome = await this.#attempt(opened, delivery, signal);
    const httpStatus = outcome.status === 'delivered' ? undefined : outcome.details?.httpStatus;
    if (opened.token === undefined || (httpStatus !== 401 && httpStatus !== 407)) return outcome;
    // The token may have been revoked: another one gets its chance at once.
    const renewed = await this.#reach.destinations.open(this.#arn, opened.token);
    return renewed.kind === 'open' ? this.#attempt(renewed, delivery, signal) : closedOutcome(renewed);
  }

  async #attempt(
    opened: DestinationPlace,
    delivery: OutgoingDelivery,
    signal: AbortSignal,
  ): Promise<SendOutcome> {
    const { client, clock } = this.#reach;
    const now = clock.now();
    const request = this.#requests.build(opened, delivery, now);
    if (typeof request === 'string') return { status: 'reject', code: 'INVALID_PARAMETER', reason: request };
    this.#underWay++;
    const result = await client.request(request, signal);
    const together = this.#underWay--;
    const redact = redactionOf(opened.parameters, opened.token);
    const outcome = outcomeOf(request, result, redact, clock.now());
    if (outcome.status === 'delivered') this.#limit.succeeded(now, together);
    else if (outcome.status === 'retry' && OVERLOADED.has(outcome.code)) this.#limit.failed(now);
    return outcome;
  }
}

function closedOutcome({ kind, reason }: Exclude<DestinationAnswer, { kind: 'open' }>): SendOutcome {
  if (kind === 'wait') {
    return { status: 'retry', code: 'NO_PERMISSIONS', reason, afterMs: limits.apiDestinationWaitMs };
  }
  return { status: 'reject', code: kind === 'missing' ? 'NO_RESOURCE' : 'NO_PERMISSIONS', reason };
}
