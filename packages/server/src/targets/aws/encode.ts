import type { AwsProtocol } from './apis.ts';

/** The part of a request that depends on the protocol. */
export interface EncodedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type AwsInput = Readonly<Record<string, unknown>>;

/** Writes one call of an operation; undefined when the protocol needs to know the operation and does not. */
export function encodeRequest(
  protocol: AwsProtocol,
  operation: string,
  input: AwsInput,
): EncodedRequest | undefined {
  if (protocol.kind === 'json') {
    const headers = {
      'content-type': `application/x-amz-json-${protocol.version}`,
      'x-amz-target': `${protocol.prefix}.${operation}`,
    };
    return { method: 'POST', path: '/', headers, body: JSON.stringify(input) };
  }
  if (protocol.kind === 'query') {
    const form = new URLSearchParams({ Action: operation, Version: protocol.version });
    appendTo(form, '', input, protocol.lists === 'member' ? '.member' : '');
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    return { method: 'POST', path: '/', headers, body: form.toString() };
  }
  const [method, path] = protocol.operations[operation]?.split(' ') ?? [];
  if (method === undefined || path === undefined) return undefined;
  return { method, path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(input) };
}

/** Flattens a value into `Entries.member.1.Id=…`. `listPart` stands between a list's name and the number of an element. */
function appendTo(form: URLSearchParams, name: string, value: unknown, listPart: string): void {
  if (value === undefined) return;
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) {
      appendTo(form, `${name}${listPart}.${index + 1}`, element, listPart);
    }
    return;
  }
  if (typeof value === 'object' && value !== null) {
    for (const [member, inner] of Object.entries(value)) {
      appendTo(form, name === '' ? member : `${name}.${member}`, inner, listPart);
    }
    return;
  }
  form.append(name, typeof value === 'string' ? value : JSON.stringify(value));
}

/** Whether a text is an answer to the operation at all, as the protocol has it. */
export function isAnswer(protocol: AwsProtocol, operation: string, text: string): boolean {
  if (protocol.kind === 'query') return text.includes(`</${operation}Response>`);
  const trimmed = text.trim();
  return trimmed === '' || (trimmed.startsWith('{') && trimmed.endsWith('}'));
}
