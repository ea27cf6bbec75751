// The order service says what has happened. It does not know who listens.
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Clients } from '../../clients.ts';
import type { Order } from '../order.ts';
import { BUS, ORDER_PLACED, SOURCE } from './wiring.ts';

/** Publishes an order. Once this resolves, the event is on disk and will reach everybody who listens. */
export async function placeOrder({ events }: Clients, order: Order): Promise<void> {
  const { Entries } = await events.send(
    new PutEventsCommand({
      Entries: [
        { EventBusName: BUS, Source: SOURCE, DetailType: ORDER_PLACED, Detail: JSON.stringify(order) },
      ],
    }),
  );
  // PutEvents answers 200 even when it took no entry: each has its own outcome.
  const { ErrorCode, ErrorMessage } = Entries![0]!;
  if (ErrorCode) throw new Error(`${order.id} was not taken: ${ErrorMessage}`);
}
