import { hash } from 'node:crypto';

/**
 * The id of the delivery of an event to a subscription: the same pair always gives the same lower-case UUID, so that a
 * target can recognise a repeat.
 */
export function deliveryId(eventId: string, subscription: string): string {
  const hex = hash('sha1', `${eventId}\n${subscription}`, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
