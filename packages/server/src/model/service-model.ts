import events from './services/events.json' with { type: 'json' };
import lambda from './services/lambda.json' with { type: 'json' };
import logs from './services/logs.json' with { type: 'json' };
import scheduler from './services/scheduler.json' with { type: 'json' };
import sqs from './services/sqs.json' with { type: 'json' };
import sts from './services/sts.json' with { type: 'json' };

export type ShapeType =
  | 'structure'
  | 'list'
  | 'map'
  | 'string'
  | 'integer'
  | 'long'
  | 'float'
  | 'double'
  | 'boolean'
  | 'timestamp'
  | 'blob'
  /** Any JSON: Busbar's own members, which their operation checks by itself. */
  | 'document';

/** One shape of an API model. Which members exist follows from `type`; names of other shapes are keys of `shapes`. */
export interface Shape {
  readonly type: ShapeType;
  /** Lengths of strings, lists and maps, values of numbers. */
  readonly min?: number;
  readonly max?: number;
  /** A Java regular expression that the whole value must match. */
  readonly pattern?: string;
  /** In the order in which the service prints the set. */
  readonly enum?: readonly string[];
  readonly sensitive?: boolean;

  // Structures.
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, string>>;
  /** Members that no client can set, yet the service prints when it shows a value. */
  readonly unmodelled?: readonly string[];
  /** REST-JSON: where members travel that are not in the body under their own names. */
  readonly places?: Readonly<Record<string, MemberPlace>>;
  /** REST-JSON: the member that is the whole body, and the type of that body. */
  readonly payload?: string;
  readonly payloadType?: string;

  // Lists and maps.
  readonly member?: string;
  readonly key?: string;
  readonly value?: string;
  /** Query protocol and XML: the numbered name of a flattened list's items or a flattened map's entries. */
  readonly item?: string;
  readonly flattened?: boolean;
  readonly keyName?: string;
  readonly valueName?: string;

  /** REST-JSON writes times as seconds since the epoch, unless told. */
  readonly timestampFormat?: 'iso8601';
}

/** REST-JSON: a label of the path, a parameter of the query, a header, the status, or a member of the body. */
export interface MemberPlace {
  readonly in: 'path' | 'query' | 'header' | 'status' | 'body';
  readonly name: string;
}

/** REST-JSON: how an operation is asked for, such as `GET /schedules/{Name}`. */
export interface HttpBinding {
  readonly method: string;
  readonly path: string;
  /** Of an answer that went well; 200 unless told. */
  readonly status?: number;
}

export interface OperationModel {
  /** Every operation of a service that speaks REST-JSON has one. */
  readonly http?: HttpBinding;
  readonly input?: string;
  readonly output?: string;
  /** Names of the errors that the operation declares; those that every operation can answer are left out. */
  readonly errors?: readonly string[];
}

export type ProtocolName = 'json' | 'query' | 'rest-json';

/** The facts of one AWS API, as data. */
export interface ServiceModel {
  /** The short name by which configuration and metrics call it (`events`). */
  readonly service: string;
  /** What messages call it (`EventBridge`). */
  readonly title: string;
  readonly version: string;
  /** The service part of a credential scope. */
  readonly signingName: string;
  readonly protocols: readonly ProtocolName[];
  readonly jsonVersion?: string;
  /** `X-Amz-Target` is `<targetPrefix>.<Operation>`. */
  readonly targetPrefix?: string;
  /** Stands before the error's name in `__type`, with a `#` between them. */
  readonly errorNamespace?: string;
  readonly xmlNamespace?: string;
  /** The code of errors about violated constraints, where it is not `ValidationException`. */
  readonly validationError?: string;
  /** Error codes that the query protocol (and `x-amzn-query-error`) calls otherwise. */
  readonly queryErrorCodes?: Readonly<Record<string, string>>;
  /** REST-JSON: what most errors of the service call their message; `message` unless told. */
  readonly errorMessageMember?: string;
  /** REST-JSON: paths that belong to the service even when none of its operations is there. */
  readonly paths?: string;
  /** The model holds only some of the API's operations. */
  readonly partial?: boolean;
  readonly operations: Readonly<Record<string, OperationModel>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** Every API whose model is carried. Another one is one data file and one line here. */
export const serviceModels: readonly ServiceModel[] = [
  events as unknown as ServiceModel,
  lambda as unknown as ServiceModel,
  logs as unknown as ServiceModel,
  scheduler as unknown as ServiceModel,
  sqs as unknown as ServiceModel,
  sts as unknown as ServiceModel,
];

/** The model of a service by its short name; undefined when it is not carried. */
export function serviceModel(service: string): ServiceModel | undefined {
  return serviceModels.find((model) => model.service === service);
}

/** A shape by its name. Throws for a name the model does not know: that is a mistake in the data file. */
export function shapeOf(model: ServiceModel, name: string): Shape {
  const shape = model.shapes[name];
  if (!shape) throw new Error(`The model of ${model.service} has no shape ${name}.`);
  return shape;
}
