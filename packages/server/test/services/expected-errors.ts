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
export const unsupported = (what: string): ExpectedError => [
  'UnsupportedOperation',
  'AWS.SimpleQueueService.UnsupportedOperation',
  400,
  `Busbar does not support ${what} yet.`,
];
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

/** Runs a table of errors against one service that has the queue `orders`. */
export function errorTable(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    let kit: QueueKit;
    before(async () => {
      kit = await queueKit();
      await kit.create('orders');
    });
    for (const [name, operation, input, error] of rows) {
      test(`${operation}: ${name}`, () => kit.fails(operation, input, error));
    }
  });
}
