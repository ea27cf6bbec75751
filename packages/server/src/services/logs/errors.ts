import { ApiError, limitExceeded, resourceAlreadyExists, resourceNotFound } from '../../model/errors.ts';

export const invalidParameter = (message: string): ApiError =>
  new ApiError('InvalidParameterException', message);

export const groupNotFound = (): ApiError => resourceNotFound('The specified log group does not exist.');
export const groupExists = (): ApiError => resourceAlreadyExists('The specified log group already exists');
export const streamNotFound = (): ApiError => resourceNotFound('The specified log stream does not exist.');
export const streamExists = (): ApiError => resourceAlreadyExists('The specified log stream already exists');
export const policyNotFound = (name: string): ApiError =>
  resourceNotFound(`Policy with name [${name}] does not exist.`);

export const tooMany = (): ApiError => limitExceeded('Resource limit exceeded.');

export const tooManyTags = (max: number): ApiError =>
  new ApiError('TooManyTagsException', `A log group can have no more than ${max} tags.`);

/** Other requests changed the same resource again and again while this one tried to. */
export const operationAborted = (): ApiError =>
  new ApiError(
    'OperationAbortedException',
    'Multiple concurrent requests to update the same resource were in conflict.',
  );

export const groupIsProtected = (): ApiError =>
  new ApiError(
    'ValidationException',
    'The log group cannot be deleted because its deletion protection is enabled.',
  );

export const invalidToken = (): ApiError => invalidParameter('The specified nextToken is invalid.');

export const serviceUnavailable = (cause: unknown): ApiError =>
  new ApiError('ServiceUnavailableException', 'The service cannot complete the request.', {
    status: 503,
    cause,
  });
