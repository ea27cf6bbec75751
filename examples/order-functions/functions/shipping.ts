import { enter, type OrderPlaced } from './book.ts';

export async function handler({ detail: order }: OrderPlaced): Promise<void> {
  if (enter('shipping', order)) console.log(`${order.id} shipped`);
}
