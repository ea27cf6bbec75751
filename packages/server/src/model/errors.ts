/** Who is to blame, in the words of the query protocol. */
export type Fault = 'Sender' | 'Receiver';

export interface ApiErrorOptions {
  /** HTTP status; 400 unless told. */
  readonly status?: number;
  /** The code of the query protocol and of the header `x-amzn-query-error`, where it differs from `code`. */
  readonly queryCode?: string;
  /** The message of the query protocol, where it differs. */
  readonly queryMessage?: string;
  readonly fault?: Fault;
  /** Further members that the error has in REST-JSON (`Reason`, `ResourceId`). */
  readonly members?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/**
 * The only error that may cross an operation's border: it is rendered to the client as it stands.
 * `code` is the wire code without a namespace (for example `ResourceNotFoundException`).
 * The message must hold no secret.
 */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly queryCode: string | undefined;
  readonly queryMessage: string | undefined;
  readonly fault: Fault;
  readonly members: Readonly<Record<string, string>> | undefined;

  constructor(code: string, message: string, options: ApiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ApiError';
    this.code = code;
    this.status = options.status ?? 400;
    this.queryCode = options.queryCode;
    this.queryMessage = options.queryMessage;
    this.members = options.members;
    this.fault = options.fault ?? (this.status >= 500 ? 'Receiver' : 'Sender');
  }
}

export const validationError = (message: string): ApiError => new ApiError('ValidationException', message);

export const resourceNotFound = (message: string): ApiError =>
  new ApiError('ResourceNotFoundException', message);

export const resourceAlreadyExists = (message: string): ApiError =>
  new ApiError('ResourceAlreadyExistsException', message);

export const limitExceeded = (
  message = 'The requested resource exceeds the maximum number allowed.',
): ApiError => new ApiError('LimitExceededException', message);

/** The answer of every operation that is known but not built yet. */
export const notImplemented = (service: string, operation: string): ApiError =>
  new ApiError('NotImplementedException', `Busbar does not implement ${service}:${operation} yet.`, {
    status: 501,
    fault: 'Receiver',
  });

export const internalError = (cause: unknown): ApiError =>
  new ApiError('InternalException', 'Service encountered unexpected problem. Please try again.', {
    status: 500,
    cause,
  });
