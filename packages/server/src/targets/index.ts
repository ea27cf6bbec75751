import type { TargetConnector } from '../engine/ports/connector.ts';
import type { EventForwarder } from '../engine/ports/event-forwarder.ts';
import type { LogGroupWriter } from '../engine/ports/log-group-writer.ts';
import type { QueueSender } from '../engine/ports/queue-sender.ts';
import type { Arn } from '../model/arn.ts';
import { eventBusTarget } from './event-bus.ts';
import { logGroupTarget } from './log-group.ts';
import { queueTarget } from './queue.ts';

/** What connectors reach inside of the daemon. */
export interface TargetDependencies {
  readonly queues: QueueSender;
  readonly logs: LogGroupWriter;
  readonly forwarder: EventForwarder;
}

/** Every kind of target that Busbar delivers to. */
export function targetConnectors(reach: TargetDependencies): readonly TargetConnector[] {
  return [queueTarget(reach.queues), logGroupTarget(reach.logs), eventBusTarget(reach.forwarder)];
}

/** The connector that serves an ARN; undefined for a kind of target that is not built. */
export function findConnector(connectors: readonly TargetConnector[], arn: Arn): TargetConnector | undefined {
  return connectors.find((connector) => connector.accepts(arn));
}
