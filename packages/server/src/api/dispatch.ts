import { parseArn } from '../model/arn.ts';
import { ApiError } from '../model/errors.ts';
import { limits } from '../model/limits.ts';
import type { Operation } from '../model/operation.ts';
import { serviceModels } from '../model/service-model.ts';
import type { ServiceModel } from '../model/service-model.ts';
import { credentialText, parseCredential } from './auth/credential-scope.ts';
import { knownServices } from './known-services.ts';
import type { KnownService } from './known-services.ts';
import { cloudEventsInput, cloudEventsProtocol, isCloudEventsPath } from './protocols/cloud-events.ts';
import type { Form } from './protocols/form.ts';
import { isQueuePath } from './protocols/queue-path.ts';
import { jsonProtocol } from './protocols/json.ts';
import type { Protocol } from './protocols/protocol.ts';
import { queryProtocol } from './protocols/query.ts';
import { bareRestJson, restInput, restJsonProtocol } from './protocols/rest-json.ts';
import { headerOf, isFormRequest } from './request-head.ts';
import type { RequestHead } from './request-head.ts';
import { RestRoutes } from './rest-routes.ts';
import { compileInputValidators } from './validation/input-validator.ts';
import type { InputValidator } from './validation/input-validator.ts';

/** An operation of a model, with what is needed to serve it. */
export interface BoundOperation {
  readonly name: string;
  readonly service: BoundService;
  readonly validate: InputValidator;
  /** Undefined for an operation that is in the model, but not built. */
  readonly built: Operation | undefined;
}

export interface BoundService {
  readonly model: ServiceModel;
  readonly bodyBytes: number;
  readonly operations: ReadonlyMap<string, BoundOperation>;
  readonly json: Protocol;
  readonly query: Protocol;
  readonly rest: Protocol;
  readonly routes: RestRoutes;
  /** Paths that belong to the service whether or not an operation is there. */
  readonly paths: RegExp | undefined;
}

/** Where a request goes, as far as its head tells. */
export interface Route {
  /** How to answer, errors included. */
  readonly protocol: Protocol;
  /** Undefined for a form whose service only its parameters tell. */
  readonly service: BoundService | undefined;
  /** Undefined for a form: its `Action` tells. */
  readonly operation: BoundOperation | undefined;
  /** Reads the operation's input from the body, where that is no plain JSON of the input. */
  readonly readInput?: (body: Buffer) => object;
  /** The method belongs to the route (REST-JSON); otherwise only POST does. */
  readonly methodFits?: boolean;
  /** Why the request cannot be served. */
  readonly error?: ApiError;
}

const BODY_BYTES: Readonly<Record<string, number>> = {
  events: limits.eventsBodyBytes,
  lambda: limits.functionBodyBytes,
  logs: limits.logsBodyBytes,
  sqs: limits.queueBodyBytes,
  sts: limits.tokenBodyBytes,
};
/** For a form that does not tell its service before it is read, and for every service without a line above. */
const DEFAULT_BODY_BYTES = limits.queueBodyBytes;

const RPC_PATH = /^\/service\/[^/]+\/operation\/[^/]+$/;

const unknownOperation = (): ApiError =>
  new ApiError('UnknownOperationException', 'The requested operation is not known to the service.', {
    queryCode: 'InvalidAction',
  });

const notServed = (known: KnownService): ApiError =>
  new ApiError('NotImplementedException', `Busbar does not serve the API of ${known.title} yet.`, {
    status: 501,
    fault: 'Receiver',
  });

const notServedPart = ({ title }: ServiceModel): ApiError =>
  new ApiError('NotImplementedException', `Busbar does not implement this operation of ${title} yet.`, {
    status: 501,
    fault: 'Receiver',
  });

/** Finds out which service and operation a request is for, in the order of companions §1. */
export class Dispatcher {
  readonly #services: readonly BoundService[];

  /** `operations` holds what is built, by short service name. Throws for a name that no model has. */
  constructor(operations: Readonly<Record<string, readonly Operation[]>>) {
    for (const name of Object.keys(operations)) {
      if (!serviceModels.some((model) => model.service === name)) {
        throw new Error(`There is no model of the service ${name}.`);
      }
    }
    this.#services = serviceModels.map((model) => bindService(model, operations[model.service] ?? []));
  }

  /** Never throws: a request that cannot be served gets a route with an error. */
  route(head: RequestHead): Route {
    if (head.headers['smithy-protocol'] === 'rpc-v2-cbor' || RPC_PATH.test(head.path)) {
      const message = 'Busbar does not speak Smithy RPC v2: use a client that speaks AWS JSON.';
      return failed(bareRestJson, new ApiError('UnknownOperationException', message));
    }
    const target = headerOf(head, 'x-amz-target');
    return (
      (target === undefined ? undefined : this.#byTarget(target)) ??
      this.#cloudEvents(head) ??
      this.#byScope(head) ??
      this.#byPath(head)
    );
  }

  /** The operation that a form asks for. Throws `InvalidAction` for one that nobody knows. */
  formOperation(route: Route, form: Form): BoundOperation {
    const version = form.get('Version');
    const service = route.service ?? this.#services.find(({ model }) => speaksQuery(model, version));
    const operation = service?.operations.get(form.get('Action') ?? '');
    if (operation && service!.model.protocols.includes('query')) return operation;
    const known = service ? undefined : knownServices.find((each) => each.queryVersion === version);
    throw known && version !== undefined ? notServed(known) : unknownOperation();
  }

  #byTarget(target: string): Route | undefined {
    const dot = target.lastIndexOf('.');
    const prefix = dot < 0 ? target : target.slice(0, dot);
    for (const service of this.#services) {
      if (service.model.targetPrefix !== prefix) continue;
      const operation = service.operations.get(target.slice(dot + 1));
      if (!operation) return failed(service.json, unknownOperation());
      return { protocol: service.json, service, operation };
    }
    const known = knownServices.find((each) => each.targetPrefix === prefix);
    return known && failed(bareRestJson, notServed(known));
  }

  #cloudEvents(head: RequestHead): Route | undefined {
    if (!isCloudEventsPath(head.path)) return undefined;
    const service = this.#services.find(({ model }) => model.service === 'events')!;
    const operation = service.operations.get('PutEvents')!;
    const readInput = (body: Buffer): object => cloudEventsInput(head, body);
    return { protocol: cloudEventsProtocol, service, operation, readInput };
  }

  #byScope(head: RequestHead): Route | undefined {
    const text = credentialText(head);
    const name = text === undefined ? undefined : parseCredential(text)?.service;
    if (name === undefined) return undefined;
    const service = this.#services.find(({ model }) => model.signingName === name);
    if (service) return speaksRest(service) ? restRoute(service, head) : formRoute(service, head);
    const known = knownServices.find((each) => each.signingNames.includes(name));
    return known && failed(protocolOf(known), notServed(known));
  }

  /** Whether the path alone tells that a request is for a service. */
  knowsPath(head: RequestHead): boolean {
    return this.#restService(head) !== undefined;
  }

  /** Paths like `/tags/{ResourceArn}` are those of several services: the ARN then tells which one is meant. */
  #restService(head: RequestHead): BoundService | undefined {
    const found = this.#services.flatMap((service) => {
      const match = service.routes.find(head.method, head.path);
      return match ? [{ service, match }] : [];
    });
    const meant =
      found.find(({ service, match }) =>
        Object.values(match.labels).some((text) => parseArn(text)?.service === service.model.signingName),
      ) ?? found[0];
    return meant?.service ?? this.#services.find(({ paths }) => paths?.test(head.path));
  }

  #byPath(head: RequestHead): Route {
    const service = this.#restService(head);
    if (service) return restRoute(service, head);
    const known = knownServices.find((each) => each.paths?.test(head.path));
    if (known) return failed(bareRestJson, notServed(known));
    if (isQueuePath(head.path)) {
      const queues = this.#services.find(({ model }) => model.service === 'sqs');
      if (queues) return formRoute(queues, head);
    }
    if (isFormRequest(head)) return { protocol: bareQuery, service: undefined, operation: undefined };
    return failed(bareRestJson, unknownOperation());
  }
}

/** How errors are written for a form whose service is not known. */
const bareQuery = queryProtocol({
  service: '',
  title: '',
  version: '',
  signingName: '',
  protocols: ['query'],
  operations: {},
  shapes: {},
});

const failed = (protocol: Protocol, error: ApiError): Route => ({
  protocol,
  service: undefined,
  operation: undefined,
  error,
});

/** A request for a known service without a target: a form, or nothing that the service understands. */
function formRoute(service: BoundService, head: RequestHead): Route {
  if (service.model.protocols.includes('query') && isFormRequest(head)) {
    return { protocol: service.query, service, operation: undefined };
  }
  const protocol = service.model.protocols.includes('json') ? service.json : service.query;
  return failed(protocol, unknownOperation());
}

const speaksRest = ({ model }: BoundService): boolean => model.protocols.includes('rest-json');

/** A request to a service whose operations are told by method and path. */
function restRoute(service: BoundService, head: RequestHead): Route {
  const match = service.routes.find(head.method, head.path);
  const operation = match && service.operations.get(match.operation);
  if (match && operation) {
    const readInput = (body: Buffer): object =>
      restInput(service.model, match.operation, head, match.labels, body);
    return { protocol: service.rest, service, operation, readInput, methodFits: true };
  }
  const error = service.model.partial ? notServedPart(service.model) : unknownOperation();
  return failed(service.rest, error);
}

const speaksQuery = (model: ServiceModel, version: string | undefined): boolean =>
  model.protocols.includes('query') && model.version === version;

const protocolOf = (known: KnownService): Protocol =>
  known.queryVersion === undefined ? bareRestJson : bareQuery;

/** The largest body that a route takes. */
export const bodyLimit = (route: Route): number => route.service?.bodyBytes ?? DEFAULT_BODY_BYTES;

function bindService(model: ServiceModel, built: readonly Operation[]): BoundService {
  const validators = compileInputValidators(model);
  const byName = new Map(built.map((operation) => [operation.name, operation]));
  for (const name of byName.keys()) {
    if (!model.operations[name]) throw new Error(`The model of ${model.service} has no operation ${name}.`);
  }
  const operations = new Map<string, BoundOperation>();
  const service: BoundService = {
    model,
    bodyBytes: BODY_BYTES[model.service] ?? DEFAULT_BODY_BYTES,
    operations,
    json: jsonProtocol(model),
    query: queryProtocol(model),
    rest: restJsonProtocol(model),
    routes: new RestRoutes(model.operations),
    paths: model.paths === undefined ? undefined : new RegExp(model.paths),
  };
  for (const name of Object.keys(model.operations)) {
    operations.set(name, { name, service, validate: validators.get(name)!, built: byName.get(name) });
  }
  return service;
}
