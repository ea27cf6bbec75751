import { ApiError } from '../../model/errors.ts';

const userError = (code: string, message: string, status: number): ApiError =>
  new ApiError(code, message, { status, members: { Type: 'User' } });

export const functionNotFound = (arn: string): ApiError =>
  userError('ResourceNotFoundException', `Function not found: ${arn}`, 404);

export const unreadablePayload = (): ApiError =>
  userError('InvalidRequestContentException', 'Could not parse request body into json.', 400);

export const payloadTooLarge = (bytes: number): ApiError =>
  userError(
    'RequestTooLargeException',
    `Request must be smaller than ${bytes} bytes for the InvokeFunction operation`,
    413,
  );

export const badClientContext = (): ApiError =>
  userError(
    'InvalidRequestContentException',
    'Client context must be a valid Base64-encoded JSON object.',
    400,
  );

export const tooManyCalls = (): ApiError =>
  new ApiError('TooManyRequestsException', 'Rate Exceeded.', {
    status: 429,
    members: { Type: 'User', Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
  });

export const stopping = (): ApiError =>
  new ApiError('ServiceException', 'The daemon is stopping.', { status: 500, members: { Type: 'Service' } });
