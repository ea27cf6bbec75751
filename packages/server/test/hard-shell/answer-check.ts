import type { ServiceModel } from '../../src/model/service-model.ts';

/** Codes that any request may be answered with, whatever it asks for. */
const COMMON = new Set([
  'SerializationException',
  'ValidationException',
  'UnknownOperationException',
  'NotImplementedException',
  'RequestEntityTooLargeException',
  'AccessDeniedException',
  'MethodNotAllowedException',
  'NotFoundException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'ThrottlingException',
  'LimitExceededException',
  'InvalidSignatureException',
  'MalformedHttpRequestException',
  'RequestHeaderFieldsTooLargeException',
  'RequestTimeoutException',
  'InvalidParameterException',
  'BadRequestException',
  'InvalidAction',
  'MalformedInput',
  'MissingParameter',
  'InvalidParameterValue',
  'MalformedQueryString',
  'InvalidSignature',
  'SignatureDoesNotMatch',
  'InvalidParameterValueException',
  'MissingRequiredParameterException',
]);

/** What a model does not declare although the service answers it (spec of each service). */
const UNDECLARED: Readonly<Record<string, readonly string[]>> = {
  sqs: [
    'InvalidAttributeName',
    'InvalidAttributeValue',
    'InvalidAddress',
    'OverLimit',
    'InvalidMessageContents',
  ],
  events: [
    'ResourceNotFoundException',
    'TooManyTagsException',
    'InvalidEventPatternException',
    'InvalidToken',
  ],
  logs: ['ResourceNotFoundException', 'TooManyTagsException', 'OperationAbortedException'],
};

/** An answer, as far as it is judged. */
export interface Answered {
  readonly status: number;
  readonly body: string;
  /** The header that names an error of REST-JSON. */
  readonly errorType?: string | undefined;
}

/** The error code of an answer in JSON or XML; undefined where there is none. */
export function codeOf({ body, errorType }: Answered): string | undefined {
  if (errorType !== undefined) return errorType;
  const json = /"__type":"(?:[^"]*#)?([^"#]+)"/.exec(body)?.[1];
  return json ?? /<Code>([^<]*)<\/Code>/.exec(body)?.[1];
}

/** Why an answer to an operation is none that may be given; undefined for one that may. */
export function complaint(model: ServiceModel, operation: string, answered: Answered): string | undefined {
  const { status } = answered;
  if (status >= 200 && status < 300) return undefined;
  if (status === 501) return 'not implemented, though built';
  if (status === 500) return 'internal error';
  const code = codeOf(answered);
  if (code === undefined) return `status ${status} without a code`;
  const declared = [...(model.operations[operation]?.errors ?? []), ...(UNDECLARED[model.service] ?? [])];
  const known = declared.flatMap((each) => [each, model.queryErrorCodes?.[each] ?? each]);
  return COMMON.has(code) || known.includes(code)
    ? undefined
    : `undocumented code ${code} (status ${status})`;
}

/** Why what a raw exchange brought is none that may come; every answer in it must be whole and no 500. */
export function rawComplaint(received: string): string | undefined {
  if (received === '') return undefined;
  if (!received.startsWith('HTTP/1.1 ')) return `no HTTP: ${received.slice(0, 60)}`;
  const statuses = [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]));
  const bad = statuses.find((status) => status === 500 || status > 503);
  return bad === undefined ? undefined : `status ${bad}`;
}
