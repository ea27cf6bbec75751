import type { Arn } from '../../model/arn.ts';
import type { OutgoingDelivery, SendOutcome, SessionContext } from './connector.ts';

/** Bus-to-bus delivery: appends to another bus's log under that bus's policy and the hop rules. */
export interface EventForwarder {
  /** One outcome a delivery, in order. */
  forward(bus: Arn, deliveries: readonly OutgoingDelivery[], from: SessionContext): Promise<SendOutcome[]>;
}
