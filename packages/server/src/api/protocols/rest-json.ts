import type { ApiError } from '../../model/errors.ts';
import { shapeOf } from '../../model/service-model.ts';
import type { MemberPlace, ServiceModel, Shape } from '../../model/service-model.ts';
import { headerOf } from '../request-head.ts';
import type { RequestHead } from '../request-head.ts';
import { parseJsonInput } from './json.ts';
import type { Answer, Protocol } from './protocol.ts';

const CONTENT_TYPE = 'application/json';
const NO_CONTENT = 204;

const placeOf = (shape: Shape, member: string): MemberPlace =>
  shape.places?.[member] ?? { in: 'body', name: member };

/**
 * Gathers an operation's input from path, query, headers and body. Values of the wrong type are left for validation.
 * Throws `SerializationException` for a body that is needed and cannot be read.
 */
export function restInput(
  model: ServiceModel,
  operation: string,
  head: RequestHead,
  labels: Readonly<Record<string, string>>,
  body: Buffer,
): object {
  const shapeName = model.operations[operation]!.input;
  if (shapeName === undefined) return {};
  const shape = shapeOf(model, shapeName);
  const input = bodyInput(model, shape, body);
  const query = new URLSearchParams(head.query);
  for (const [member, memberShape] of Object.entries(shape.members ?? {})) {
    const { in: where, name } = placeOf(shape, member);
    const type = shapeOf(model, memberShape);
    const value =
      where === 'path'
        ? fromText(labels[name], type)
        : where === 'query'
          ? fromQuery(query.getAll(name), type)
          : where === 'header'
            ? fromText(headerOf(head, name.toLowerCase()), type)
            : undefined;
    if (value !== undefined) input[member] = value;
  }
  return input;
}

/** The members that travel in the body. */
function bodyInput(model: ServiceModel, shape: Shape, body: Buffer): Record<string, unknown> {
  const { payload } = shape;
  if (payload !== undefined) {
    if (body.length === 0) return {};
    const isBlob = shapeOf(model, shape.members![payload]!).type === 'blob';
    return { [payload]: isBlob ? body : parseJsonInput(body) };
  }
  const inBody = Object.keys(shape.members ?? {}).filter((member) => placeOf(shape, member).in === 'body');
  if (inBody.length === 0) return {};
  const sent = parseJsonInput(body) as Record<string, unknown>;
  const input: Record<string, unknown> = {};
  for (const member of inBody) {
    const { name } = placeOf(shape, member);
    if (Object.hasOwn(sent, name)) input[member] = sent[name];
  }
  return input;
}

/** A list is the parameter as often as it comes; anything else its first value. */
function fromQuery(values: readonly string[], shape: Shape): unknown {
  if (shape.type !== 'list') return fromText(values[0], shape);
  return values.length > 0 ? values : undefined;
}

function fromText(text: string | undefined, shape: Shape): unknown {
  switch (shape.type) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return text !== undefined && /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
    default:
      return text;
  }
}

/** REST-JSON: answers in status, headers and body, as the model says. */
export function restJsonProtocol(model: ServiceModel): Protocol {
  return {
    name: 'rest-json',
    success(operation, output = {}): Answer {
      const { http, output: shapeName } = model.operations[operation]!;
      const status = http?.status ?? 200;
      if (shapeName === undefined) {
        return { status, contentType: CONTENT_TYPE, body: status === NO_CONTENT ? '' : '{}' };
      }
      return restAnswer(model, shapeOf(model, shapeName), output as Record<string, unknown>, status);
    },
    failure: (error) => restFailure(error, model.errorMessageMember),
  };
}

function restAnswer(
  model: ServiceModel,
  shape: Shape,
  output: Readonly<Record<string, unknown>>,
  usualStatus: number,
): Answer {
  const headers: string[] = [];
  let status = usualStatus;
  for (const [member, { in: where, name }] of Object.entries(shape.places ?? {})) {
    const value = output[member];
    if (value === undefined) continue;
    if (where === 'status') status = value as number;
    else if (where === 'header') headers.push(name, String(value as string | number | boolean));
  }
  const payload = shape.payload === undefined ? undefined : shapeOf(model, shape.members![shape.payload]!);
  if (payload?.type === 'blob') {
    const contentType = shape.payloadType ?? 'application/octet-stream';
    return { status, contentType, body: (output[shape.payload!] ?? '') as string | Uint8Array, headers };
  }
  const value = payload
    ? wireValue(model, payload, output[shape.payload!] ?? {})
    : wireStructure(model, shape, output);
  return { status, contentType: CONTENT_TYPE, body: JSON.stringify(value), headers };
}

/** The members that go into the body, under their names there. */
function wireStructure(
  model: ServiceModel,
  shape: Shape,
  value: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const wire: Record<string, unknown> = {};
  for (const [member, memberShape] of Object.entries(shape.members ?? {})) {
    const { in: where, name } = placeOf(shape, member);
    if (where !== 'body' || value[member] === undefined) continue;
    wire[name] = wireValue(model, shapeOf(model, memberShape), value[member]);
  }
  return wire;
}

function wireValue(model: ServiceModel, shape: Shape, value: unknown): unknown {
  if (value === null) return null;
  switch (shape.type) {
    case 'structure':
      return wireStructure(model, shape, value as Record<string, unknown>);
    case 'list': {
      const item = shapeOf(model, shape.member!);
      return (value as readonly unknown[]).map((each) => wireValue(model, item, each));
    }
    case 'map': {
      const entry = shapeOf(model, shape.value!);
      const entries = Object.entries(value as object);
      return Object.fromEntries(entries.map(([key, each]) => [key, wireValue(model, entry, each)]));
    }
    case 'blob':
      return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
    case 'timestamp':
      return shape.timestampFormat === 'iso8601' ? new Date((value as number) * 1_000).toISOString() : value;
    default:
      return value;
  }
}

/** The code stands in a header; in the body too, for whoever sees only that. */
function restFailure(error: ApiError, messageMember = 'message'): Answer {
  return {
    status: error.status,
    contentType: CONTENT_TYPE,
    body: JSON.stringify({ __type: error.code, [messageMember]: error.message, ...error.members }),
    headers: ['x-amzn-ErrorType', error.code],
  };
}

/** For errors of services that are known but not served, and for requests that belong to no service. */
export const bareRestJson: Protocol = {
  name: 'rest-json',
  success: (_operation, output = {}) => ({
    status: 200,
    contentType: CONTENT_TYPE,
    body: JSON.stringify(output),
  }),
  failure: (error) => restFailure(error),
};
