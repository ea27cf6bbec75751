import { EventBridge } from '@aws-sdk/client-eventbridge';

/** The code under test. It knows nothing of Busbar: the client finds its endpoint in the environment. */
export async function placeOrder(order: { readonly id: string; readonly total: number }): Promise<void> {
  const events = new EventBridge();
  const entry = { Source: 'shop.orders', DetailType: 'OrderPlaced', Detail: JSON.stringify(order) };
  const { FailedEntryCount } = await events.putEvents({ Entries: [entry] });
  if (FailedEntryCount !== 0) throw new Error(`${order.id} was not taken`);
}
