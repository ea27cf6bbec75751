import { ApiError } from '../../model/errors.ts';

/** Faults of the transport, in the words of AWS's common errors. */
export const httpErrors = {
  bodyTooLarge: (limit: number) =>
    new ApiError('RequestEntityTooLargeException', `The request body must not exceed ${limit} bytes.`, {
      status: 413,
    }),
  busy: () =>
    new ApiError('ServiceUnavailable', 'The service is handling too many requests. Please try again.', {
      status: 503,
    }),
  encoding: () =>
    new ApiError('SerializationException', 'The request body has a content encoding other than gzip.', {
      status: 415,
    }),
  compression: () => new ApiError('SerializationException', 'The request body is not valid gzip.'),
  crossOrigin: () =>
    new ApiError('AccessDeniedException', 'Requests from web pages of other origins are not accepted.', {
      status: 403,
    }),
  notFound: () => new ApiError('NotFoundException', 'There is nothing at this path.', { status: 404 }),
  method: () =>
    new ApiError('MethodNotAllowedException', 'This method is not allowed here.', { status: 405 }),
} as const;
