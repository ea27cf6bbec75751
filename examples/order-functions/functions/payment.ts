import { setTimeout as pause } from 'node:timers/promises';
import { enter, type OrderPlaced } from './book.ts';

/** This one's bank does not answer for a long time: the moment at which the example kills the process. */
const SLOW = 'order-250';
const SLOW_MS = 20_000;

export async function handler({ detail: order }: OrderPlaced): Promise<void> {
  if (!enter('payment', order)) {
    console.log(`${order.id} came again: known, nothing to do`);
    return;
  }
  console.log(`${order.id} paid: $${order.total}`);
  if (order.id === SLOW) await pause(SLOW_MS);
}
