import type { CallShape, UniversalApi } from './api.ts';
import { inputShape, isObject, jsonValue, memberRef, wireName, type CallInput } from './input.ts';

/** A call of an API as it is sent, but for host and signature. */
export interface CallRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded; charset=utf-8';

const upperFirst = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** What the API itself calls an action. */
export const operationOf = (action: string): string => upperFirst(action);

/** Writes a call; a text says why it cannot be written. */
export function requestOf(api: UniversalApi, action: string, input: CallInput): CallRequest | string {
  if (api.protocol === 'json') return jsonRequest(api, action, input);
  if (api.protocol === 'rest-json') return restRequest(api, action, input);
  return formRequest(api, action, input);
}

function jsonRequest(api: UniversalApi, action: string, input: CallInput): CallRequest {
  const headers = {
    'content-type': `application/x-amz-json-${api.version}`,
    'x-amz-target': `${api.prefix}.${operationOf(action)}`,
  };
  const body = JSON.stringify(jsonValue(api, api.inputs?.[action], input));
  return { method: 'POST', path: '/', headers, body };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Labels of the path: `{Name}`, or `{Name+}` for one that may hold slashes. */
const LABEL = /\{([^}+]+)(\+?)\}/g;

function restRequest(api: UniversalApi, action: string, input: CallInput): CallRequest | string {
  const shape = inputShape(api, action);
  const [method = '', template = ''] = api.routes?.[action]?.split(' ') ?? [];
  const labels = new Map<string, string>();
  const query = new URLSearchParams();
  const headers: Record<string, string> = { 'content-type': JSON_TYPE };
  const body: Record<string, unknown> = {};
  for (const [given, value] of Object.entries(input)) {
    const [, place, name = ''] = /^(path|query|header):(.*)$/.exec(wireName(api, shape, given)) ?? [];
    if (place === 'path') labels.set(name, textOf(value));
    else if (place === 'query') appendQuery(query, name, value);
    else if (place === 'header') headers[name.toLowerCase()] = textOf(value).replace(/[^\x20-\x7e]/g, '?');
    else body[given] = value;
  }
  let missing: string | undefined;
  const path = template.replace(LABEL, (_, name: string, greedy: string) => {
    const text = labels.get(name) ?? '';
    if (text === '' || /^\.{1,2}$/.test(text)) missing ??= name;
    return greedy === '' ? encodeURIComponent(text) : text.split('/').map(encodeURIComponent).join('/');
  });
  if (missing !== undefined) return `${upperFirst(missing)} is missing.`;
  const search = query.size === 0 ? '' : `${path.includes('?') ? '&' : '?'}${String(query)}`;
  return { method, path: path + search, headers, body: restBody(api, action, shape, body) };
}

function appendQuery(query: URLSearchParams, name: string, value: unknown): void {
  if (Array.isArray(value)) for (const each of value) query.append(name, textOf(each));
  else query.append(name, textOf(value));
}

function restBody(api: UniversalApi, action: string, shape: CallShape | undefined, body: CallInput): string {
  const payload = shape?.payload;
  if (payload === undefined) {
    return Object.keys(body).length === 0 ? '' : JSON.stringify(jsonValue(api, api.inputs?.[action], body));
  }
  const given = Object.keys(body).find((name) => upperFirst(name) === payload);
  const value = given === undefined ? undefined : body[given];
  if (value === undefined) return '';
  // A blob that is the whole body goes out as it is.
  const ref = memberRef(shape, payload);
  return ref === '$blob' ? textOf(value) : textOf(jsonValue(api, ref, value));
}

function formRequest(api: UniversalApi, action: string, input: CallInput): CallRequest {
  const form = new URLSearchParams({ Action: operationOf(action), Version: api.version ?? '' });
  appendMember(form, api, '', api.inputs?.[action], input);
  return { method: 'POST', path: '/', headers: { 'content-type': FORM_TYPE }, body: form.toString() };
}

const joined = (name: string, part: string): string =>
  name === '' || part === '' ? name + part : `${name}.${part}`;

/** Flattens a value into `Name.member.1.Member=…`. */
function appendMember(
  form: URLSearchParams,
  api: UniversalApi,
  name: string,
  ref: string | undefined,
  value: unknown,
): void {
  if (value === undefined || value === null) return;
  const shape = ref === undefined ? undefined : api.shapes?.[ref];
  if (Array.isArray(value)) {
    const item = api.protocol === 'ec2' ? '' : (shape?.item ?? 'member');
    for (const [index, each] of value.entries()) {
      appendMember(form, api, joined(joined(name, item), String(index + 1)), shape?.each, each);
    }
    return;
  }
  if (!isObject(value)) {
    form.append(name, ref === '$blob' ? Buffer.from(textOf(value)).toString('base64') : textOf(value));
    return;
  }
  if (shape?.map !== undefined) {
    appendMap(form, api, name, shape, value);
    return;
  }
  for (const [member, inner] of Object.entries(value)) {
    appendMember(form, api, joined(name, wireName(api, shape, member)), memberRef(shape, member), inner);
  }
}

function appendMap(
  form: URLSearchParams,
  api: UniversalApi,
  name: string,
  shape: CallShape,
  value: CallInput,
): void {
  const [entry = '', keyName = 'key', valueName = 'value'] = shape.map!.split('/');
  for (const [index, [key, inner]] of Object.entries(value).entries()) {
    const at = joined(joined(name, entry), String(index + 1));
    form.append(joined(at, keyName), key);
    appendMember(form, api, joined(at, valueName), shape.each, inner);
  }
}

/** Whether a text can be the API's answer to a call that went well. */
export function isAnswerTo({ protocol }: UniversalApi, action: string, text: string): boolean {
  if (protocol === 'query' || protocol === 'ec2') return text.includes(`</${operationOf(action)}Response>`);
  return !text.trimStart().startsWith('<');
}
