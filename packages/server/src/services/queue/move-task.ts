import { invalidParameter } from './errors.ts';
import { parseObject } from './json-object.ts';

/** A message move task as the catalog keeps it. */
export interface MoveTask {
  readonly id: string;
  /** The dead-letter queue that is emptied. */
  readonly sourceArn: string;
  /** Absent: each message goes back to the queue that it came from. */
  readonly destinationArn?: string | undefined;
  readonly maxPerSecond?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /**
   * `RUNNING` → `COMPLETED` once no message is visible, → `FAILED` with a reason, → `CANCELLING` → `CANCELLED`. After a
   * restart a task goes on from where it was.
   */
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';
  readonly moved: number;
  /** What was there when it started. */
  readonly toMove: number;
  readonly failureReason?: string | undefined;
}

export const isActive = ({ status }: MoveTask): boolean => status === 'RUNNING' || status === 'CANCELLING';

/** The text by which clients name a task. */
export function makeTaskHandle({ id, sourceArn }: MoveTask): string {
  return Buffer.from(JSON.stringify({ taskId: id, sourceArn })).toString('base64');
}

/** Opens a task handle; throws for a text that is none. */
export function openTaskHandle(handle: string): { readonly id: string; readonly sourceArn: string } {
  const { taskId: id, sourceArn } = parseObject(Buffer.from(handle, 'base64').toString()) ?? {};
  if (typeof id !== 'string' || typeof sourceArn !== 'string') {
    throw invalidParameter('Value for parameter TaskHandle is invalid.');
  }
  return { id, sourceArn };
}
