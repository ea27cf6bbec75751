import { limits } from '../../model/limits.ts';
import type { Queue } from './catalog.ts';
import { invalidValue } from './errors.ts';
import { openReceiptHandle } from './receipt-handle.ts';
import type { OpenedHandle } from './receipt-handle.ts';

export interface VisibilityInput {
  readonly ReceiptHandle: string;
  readonly VisibilityTimeout?: number;
}

export interface VisibilityChange extends OpenedHandle {
  readonly handle: string;
  readonly timeoutMs: number;
}

/** Throws unless the seconds are a visibility timeout. */
export function checkVisibilityTimeout(seconds: number): void {
  const max = limits.queueVisibilitySeconds;
  if (seconds < 0 || seconds > max) {
    throw invalidValue(seconds, 'VisibilityTimeout', `Must be >= 0 and <= ${max}, if provided.`);
  }
}

/** Checks a change of visibility. A message may be hidden for twelve hours in all, counted from its receive. */
export function readVisibilityChange(queue: Queue, input: VisibilityInput, now: number): VisibilityChange {
  const { ReceiptHandle: handle, VisibilityTimeout: seconds = 0 } = input;
  checkVisibilityTimeout(seconds);
  const opened = openReceiptHandle(queue.document.id, handle);
  const max = limits.queueVisibilitySeconds;
  if (now + seconds * 1_000 - opened.receivedAt > max * 1_000) {
    throw invalidValue(
      seconds,
      'VisibilityTimeout',
      `Total VisibilityTimeout for the message is beyond the limit [${max} seconds].`,
    );
  }
  return { ...opened, handle, timeoutMs: seconds * 1_000 };
}
