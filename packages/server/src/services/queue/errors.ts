import { ApiError } from '../../model/errors.ts';

/** What the older codes of the query protocol start with. */
const PREFIX = 'AWS.SimpleQueueService.';

export const queueDoesNotExist = (): ApiError =>
  new ApiError('QueueDoesNotExist', 'The specified queue does not exist.', {
    queryCode: `${PREFIX}NonExistentQueue`,
    queryMessage: 'The specified queue does not exist for this wsdl version.',
  });

export const queueNameExists = (attribute: string): ApiError =>
  new ApiError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
    { queryCode: 'QueueAlreadyExists' },
  );

/** Any other complaint about a parameter, with a text of its own. */
export const invalidParameter = (message: string): ApiError =>
  new ApiError('InvalidParameterValueException', message, { queryCode: 'InvalidParameterValue' });

export const invalidValue = (value: unknown, parameter: string, reason: string): ApiError =>
  invalidParameter(`Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`);

export const missingParameter = (parameter: string): ApiError =>
  new ApiError('MissingRequiredParameterException', `The request must contain the parameter ${parameter}.`, {
    queryCode: 'MissingParameter',
  });

export const unknownAttribute = (attribute: string): ApiError =>
  invalidAttributeName(`Unknown Attribute ${attribute}.`);

export const invalidAttributeName = (message: string): ApiError =>
  new ApiError('InvalidAttributeName', message);

export const invalidAttributeValue = (attribute: string, reason?: string): ApiError =>
  new ApiError(
    'InvalidAttributeValue',
    `Invalid value for the parameter ${attribute}.${reason === undefined ? '' : ` Reason: ${reason}`}`,
  );

export const invalidMessageContents = (): ApiError =>
  new ApiError(
    'InvalidMessageContents',
    'Invalid characters found. Valid unicode characters are ' +
      '#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.',
  );

export const messageTooLong = (maxBytes: number): ApiError =>
  invalidParameter(
    `One or more parameters are invalid. Reason: Message must be shorter than ${maxBytes} bytes.`,
  );

/** The parameters of FIFO queues, on a queue that is none. */
export const notForThisQueueType = (value: string, parameter: string): ApiError =>
  invalidValue(value, parameter, 'The request include parameter that is not valid for this queue type.');

export const tooManyEntries = (max: number, sent: number): ApiError =>
  new ApiError(
    'TooManyEntriesInBatchRequest',
    `Maximum number of entries per request are ${max}. You have sent ${sent}.`,
    { queryCode: `${PREFIX}TooManyEntriesInBatchRequest` },
  );

/** `entry` is the model's name of the entry's structure. */
export const emptyBatch = (entry: string): ApiError =>
  new ApiError('EmptyBatchRequest', `There should be at least one ${entry} in the request.`, {
    queryCode: `${PREFIX}EmptyBatchRequest`,
  });

export const batchTooLong = (max: number, sent: number): ApiError =>
  new ApiError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${max} bytes. You have sent ${sent} bytes.`,
    { queryCode: `${PREFIX}BatchRequestTooLong` },
  );

export const invalidBatchEntryId = (): ApiError =>
  new ApiError(
    'InvalidBatchEntryId',
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. ' +
      'It can be at most 80 letters long.',
    { queryCode: `${PREFIX}InvalidBatchEntryId` },
  );

export const entryIdsNotDistinct = (id: string): ApiError =>
  new ApiError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`, {
    queryCode: `${PREFIX}BatchEntryIdsNotDistinct`,
  });

export const purgeInProgress = (queue: string): ApiError =>
  new ApiError(
    'PurgeQueueInProgress',
    `Only one PurgeQueue operation on ${queue} is allowed every 60 seconds.`,
    { status: 403, queryCode: `${PREFIX}PurgeQueueInProgress` },
  );

export const queueDeletedRecently = (): ApiError =>
  new ApiError(
    'QueueDeletedRecently',
    'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
    { queryCode: `${PREFIX}QueueDeletedRecently` },
  );

export const receiptHandleIsInvalid = (): ApiError =>
  new ApiError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.', { status: 404 });

/** The handle is ours, but its message is deleted, back in the queue, or received again. */
export const notInFlight = (handle: string): ApiError =>
  invalidValue(
    handle,
    'ReceiptHandle',
    'Message does not exist or is not available for visibility timeout change.',
  );

/** Ordered queues only: the message is visible again, or was received again since. */
export const handleExpired = (handle: string): ApiError =>
  invalidValue(handle, 'ReceiptHandle', 'The receipt handle has expired.');

export const invalidAddress = (address: string): ApiError =>
  new ApiError('InvalidAddress', `The address ${address} is not valid for this endpoint.`, { status: 404 });

/** More of something than Busbar holds; clients of every SDK back off and try again. */
export const requestThrottled = (message: string): ApiError => new ApiError('RequestThrottled', message);

export const overLimit = (message: string): ApiError => new ApiError('OverLimit', message, { status: 403 });

/** Something that a move task is about. */
export const resourceDoesNotExist = (message: string): ApiError =>
  new ApiError('ResourceNotFoundException', message, { status: 404 });

/** Another request changed the queue again and again while this one tried to. */
export const queueIsBusy = (): ApiError =>
  requestThrottled('The queue was changed by other requests. Please try again.');
