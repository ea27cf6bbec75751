// What a function has done: a file for each order, so that all processes of the function share it.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Order } from '../../order-payment/order.ts';

/** An event of the bus, as a rule hands it to a function. */
export interface OrderPlaced {
  readonly detail: Order;
}

/** One call of a function. */
export interface CallNote {
  readonly order: string;
  readonly pid: number;
  /** False for an order that came again. */
  readonly first: boolean;
}

/** The configuration gives every function the folder of the books. */
const folder = process.env['BOOKS']!;

/**
 * Writes an order into the book of a service. False when it is there already: the same order came again, and there is
 * nothing to do. The file system decides, so two processes cannot both be first.
 */
export function enter(service: string, { id, total }: Order): boolean {
  mkdirSync(join(folder, service), { recursive: true });
  let first = true;
  try {
    writeFileSync(join(folder, service, id), `${total}\n`, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    first = false;
  }
  const note: CallNote = { order: id, pid: process.pid, first };
  appendFileSync(join(folder, `${service}.calls`), `${JSON.stringify(note)}\n`);
  return first;
}
