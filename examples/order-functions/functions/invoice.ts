import { enter, type OrderPlaced } from './book.ts';

export async function handler({ detail: order }: OrderPlaced): Promise<void> {
  if (enter('invoice', order)) console.log(`${order.id} invoiced`);
}
