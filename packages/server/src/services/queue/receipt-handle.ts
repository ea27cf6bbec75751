import { createHmac, timingSafeEqual } from 'node:crypto';
import type { QueueId, Receipt } from '../../engine/ports/queue-storage.ts';
import { receiptHandleIsInvalid } from './errors.ts';

/** What a receipt handle says, once it is known to be ours. */
export interface OpenedHandle extends Receipt {
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

const VERSION = 1;
const SEQUENCE_AT = 1;
const RECEIPT_AT = 9;
const RECEIVED_AT = 13;
const CHECK_AT = 19;
const CHECK_BYTES = 14;
const HANDLE_BYTES = CHECK_AT + CHECK_BYTES;
const MAX_UINT48 = 2 ** 48 - 1;

/**
 * A text that stands for one receive of one message: version, sequence, receipt, time of the receive, and a check over
 * these. The check's key is the queue's id, which no client ever sees: so a handle is good for one incarnation of one
 * queue, and cannot be made up.
 */
export function makeReceiptHandle(queue: QueueId, receipt: Receipt, receivedAt: number): string {
  const bytes = Buffer.alloc(HANDLE_BYTES);
  bytes[0] = VERSION;
  bytes.writeBigUInt64BE(receipt.sequence, SEQUENCE_AT);
  bytes.writeUInt32BE(receipt.receipt, RECEIPT_AT);
  bytes.writeUIntBE(Math.min(Math.max(receivedAt, 0), MAX_UINT48), RECEIVED_AT, CHECK_AT - RECEIVED_AT);
  checkOf(queue, bytes).copy(bytes, CHECK_AT);
  return bytes.toString('base64');
}

/** Opens a handle of this queue; throws ReceiptHandleIsInvalid for anything else. */
export function openReceiptHandle(queue: QueueId, handle: string): OpenedHandle {
  const bytes = Buffer.from(handle, 'base64');
  const ours = bytes.length === HANDLE_BYTES && bytes[0] === VERSION && bytes.toString('base64') === handle;
  if (!ours || !timingSafeEqual(checkOf(queue, bytes), bytes.subarray(CHECK_AT))) {
    throw receiptHandleIsInvalid();
  }
  return {
    sequence: bytes.readBigUInt64BE(SEQUENCE_AT),
    receipt: bytes.readUInt32BE(RECEIPT_AT),
    receivedAt: bytes.readUIntBE(RECEIVED_AT, CHECK_AT - RECEIVED_AT),
  };
}

function checkOf(queue: QueueId, bytes: Buffer): Buffer {
  return createHmac('sha256', queue).update(bytes.subarray(0, CHECK_AT)).digest().subarray(0, CHECK_BYTES);
}
