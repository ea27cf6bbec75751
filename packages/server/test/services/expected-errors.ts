import { describe, test, before } from 'node:test';
import { queueKit } from './queue-kit.ts';
import type { ExpectedError, QueueKit } from './queue-kit.ts';

export const URL_OF = 'http://localhost:4747/000000000000/orders';

export const value = (message: string | RegExp): ExpectedError => [
  'InvalidParameterValueException',
  'InvalidParameterValue',
  400,
  message,
];
export const attributeName = (message: string): ExpectedError => [
  'InvalidAttributeName',
  undefined,
  400,
  message,
];
export const attributeValue = (message: string): ExpectedError => [
  'InvalidAttributeValue',
  undefined,
  400,
  message,
];
export const notExistent: ExpectedError = [
  'QueueDoesNotExist',
  'AWS.SimpleQueueService.NonExistentQueue',
  400,
  'The specified queue does not exist.',
];
export const missing = (parameter: string): ExpectedError => [
  'MissingRequiredParameterException',
  'MissingParameter',
  400,
  `The request must contain the parameter ${parameter}.`,
];
export const resource = (message: string): ExpectedError => [
  'ResourceNotFoundException',
  undefined,
  404,
  message,
];
export const overLimit = (message: string): ExpectedError => ['OverLimit', undefined, 403, message];
export const batch = (code: string, message: string): ExpectedError => [
  code,
  `AWS.SimpleQueueService.${code}`,
  400,
  message,
];
export const handle: ExpectedError = [
  'ReceiptHandleIsInvalid',
  undefined,
  404,
  'The input receipt handle is invalid.',
];

export const body = (MessageBody: string): object => ({ QueueUrl: URL_OF, MessageBody });

export type Row = readonly [title: string, operation: string, input: object, error: ExpectedError];

/** Runs a table of errors against one service that has the queue `orders`, and what `prepare` makes. */
export function errorTable(
  title: string,
  rows: readonly Row[],
  prepare: (kit: QueueKit) => Promise<unknown> = async () => undefined,
): void {
  describe(title, () => {
    let kit: QueueKit;
    before(async () => {
      kit = await queueKit();
      await kit.create('orders');
      await prepare(kit);
    });
    for (const [name, operation, input, error] of rows) {
      test(`${operation}: ${name}`, () => kit.fails(operation, input, error));
    }
  });
}
