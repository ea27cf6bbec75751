import { shapeOf, type ServiceModel } from '../../src/model/service-model.ts';

export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Long enough to be wrong, short enough for a request line. */
const MAX_CHARS = 2_000;

/** Deeper than any reader follows. */
const DEPTHS = '['.repeat(100_000);

/** The JSON of a value. One that lies too deep to be written by a program is sent as a text that lies as deep. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return DEPTHS;
  }
}

const textOf = (value: unknown): string =>
  (typeof value === 'string' ? value : jsonOf(value)).slice(0, MAX_CHARS).toWellFormed();

/** Writes an input, whatever its members are, as a request of REST-JSON: in path, query, headers and body. */
export function restRequest(model: ServiceModel, operation: string, input: object): RestRequest {
  const { http, input: shapeName } = model.operations[operation]!;
  const shape = shapeName === undefined ? undefined : shapeOf(model, shapeName);
  const query = new URLSearchParams();
  const headers: Record<string, string> = {
    authorization: `AWS4-HMAC-SHA256 Credential=busbar/20260101/us-east-1/${model.signingName}/aws4_request, SignedHeaders=host, Signature=0`,
  };
  let path = http!.path;
  const inBody: Record<string, unknown> = {};
  for (const [member, value] of Object.entries(input)) {
    const { in: where, name } = shape?.places?.[member] ?? { in: 'body', name: member };
    if (where === 'query') query.append(name, textOf(value));
    else if (where === 'header') headers[name.toLowerCase()] = textOf(value).replace(/[^\x20-\x7e]/g, '?');
    else if (where === 'path') path = path.replace(`{${name}}`, encodeURIComponent(textOf(value) || 'empty'));
    else inBody[name] = value;
  }
  const payload = shape?.payload;
  const body = payload === undefined ? jsonOf(inBody) : textOf(inBody[payload] ?? '');
  const search = query.size === 0 ? '' : `?${String(query)}`;
  return { method: http!.method, path: path.replace(/\{.*?\}/g, 'missing') + search, headers, body };
}
