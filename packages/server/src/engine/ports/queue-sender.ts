import type { Arn } from '../../model/arn.ts';
import type { SendOutcome } from './connector.ts';

export interface QueueSend {
  /** A lower-case UUID; a repeated delivery repeats it. */
  readonly messageId: string;
  readonly body: string;
  /** Message attributes, all of data type `String`. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /** Becomes the system attribute `AWSTraceHeader`. */
  readonly traceHeader?: string | undefined;
  readonly groupId?: string | undefined;
}

/** On whose behalf: checked against the queue's policy where it has one. */
export interface QueueSendSource {
  readonly service: 'events.amazonaws.com';
  readonly sourceArn: string;
  readonly account: string;
}

/** The built-in queue as targets and dead-letter delivery see it. */
export interface QueueSender {
  /** One outcome a message, in order. A queue that does not exist: `reject` with `NO_RESOURCE`. */
  send(queue: Arn, messages: readonly QueueSend[], source: QueueSendSource): Promise<SendOutcome[]>;
}
