import { limits } from '../../../model/limits.ts';
import { defineOperation } from '../../../model/operation.ts';
import type { Operation } from '../../../model/operation.ts';
import type { Queue } from '../catalog.ts';
import { invalidValue, notForThisQueueType } from '../errors.ts';
import { checkWanted, showMessage } from '../incoming.ts';
import { idRule, isMessageGroup } from '../message-group.ts';
import { queueOfCall } from '../queue-of-call.ts';
import type { QueueService } from '../service.ts';
import { checkVisibilityTimeout } from '../visibility.ts';

interface Input {
  readonly QueueUrl?: string;
  readonly MaxNumberOfMessages?: number;
  readonly WaitTimeSeconds?: number;
  readonly VisibilityTimeout?: number;
  /** The older name of `MessageSystemAttributeNames`. */
  readonly AttributeNames?: readonly string[];
  readonly MessageSystemAttributeNames?: readonly string[];
  readonly MessageAttributeNames?: readonly string[];
  readonly ReceiveRequestAttemptId?: string;
}

/** ReceiveMessage: waits for the first message if asked to. `Messages` is absent when there are none. */
export function receiveMessage(service: QueueService): Operation {
  return defineOperation('ReceiveMessage', async (input: Input, call) => {
    const queue = queueOfCall(service, input.QueueUrl, call);
    const { MaxNumberOfMessages: max = 1, WaitTimeSeconds: wait, VisibilityTimeout: visibility } = input;
    checkNumbers(max, wait, visibility);
    checkAttempt(queue, input.ReceiveRequestAttemptId);
    const wanted = {
      systemAttributes: [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])],
      messageAttributes: input.MessageAttributeNames ?? [],
    };
    checkWanted(wanted);
    const { settings } = queue;
    const messages = await service.messages.receive(queue, {
      max,
      waitMs: wait === undefined ? settings.waitMs : wait * 1_000,
      visibilityMs: visibility === undefined ? settings.visibilityTimeoutMs : visibility * 1_000,
      signal: call.signal,
      attemptId: input.ReceiveRequestAttemptId,
    });
    if (messages.length === 0) return {};
    const now = service.clock.now();
    return { Messages: messages.map((message) => showMessage(queue, message, wanted, now)) };
  });
}

function checkAttempt({ settings }: Queue, attempt: string | undefined): void {
  if (attempt === undefined) return;
  const parameter = 'ReceiveRequestAttemptId';
  if (!settings.fifo) throw notForThisQueueType(attempt, parameter);
  if (!isMessageGroup(attempt)) throw invalidValue(attempt, parameter, idRule(parameter));
}

function checkNumbers(max: number, wait: number | undefined, visibility: number | undefined): void {
  if (max < 1 || max > limits.queueReceiveMessages) {
    throw invalidValue(
      max,
      'MaxNumberOfMessages',
      `Must be between 1 and ${limits.queueReceiveMessages}, if provided.`,
    );
  }
  if (wait !== undefined && (wait < 0 || wait > limits.queueWaitSeconds)) {
    throw invalidValue(
      wait,
      'WaitTimeSeconds',
      `Must be >= 0 and <= ${limits.queueWaitSeconds}, if provided.`,
    );
  }
  if (visibility !== undefined) checkVisibilityTimeout(visibility);
}
