import { invalidAttributeName, invalidAttributeValue } from './errors.ts';
import type { AttributeTexts } from './attributes.ts';

interface FifoAttribute {
  readonly initial: string;
  readonly values: readonly string[];
  /** The service's complaint on a standard queue. */
  readonly elsewhere: string;
}

/** The attributes that only FIFO queues have. */
export const fifoAttributes: ReadonlyMap<string, FifoAttribute> = new Map([
  [
    'ContentBasedDeduplication',
    {
      initial: 'false',
      values: ['true', 'false'],
      elsewhere: 'Unknown Attribute ContentBasedDeduplication.',
    },
  ],
  [
    'DeduplicationScope',
    {
      initial: 'queue',
      values: ['queue', 'messageGroup'],
      elsewhere: 'You can specify the DeduplicationScope only when FifoQueue is set to true.',
    },
  ],
  [
    'FifoThroughputLimit',
    {
      initial: 'perQueue',
      values: ['perQueue', 'perMessageGroupId'],
      elsewhere: 'You can specify the FifoThroughputLimit only when FifoQueue is set to true.',
    },
  ],
]);

export const isFifo = (texts: AttributeTexts): boolean => texts.FifoQueue === 'true';

/** What a FIFO queue has of an attribute. */
export const fifoValue = (texts: AttributeTexts, name: string): string =>
  texts[name] ?? fifoAttributes.get(name)?.initial ?? '';

/** Throws for an attribute that a queue of this kind does not have, or a value that the attribute cannot have. */
export function checkFifoAttribute(name: string, value: string, fifo: boolean): void {
  const attribute = fifoAttributes.get(name);
  if (!attribute) return;
  if (!fifo) throw invalidAttributeName(attribute.elsewhere);
  if (!attribute.values.includes(value)) throw invalidAttributeValue(name);
}

/** Throws when the attributes that a FIFO queue is to have contradict each other. */
export function checkThroughput(merged: AttributeTexts): void {
  const perGroup = fifoValue(merged, 'FifoThroughputLimit') === 'perMessageGroupId';
  if (perGroup && fifoValue(merged, 'DeduplicationScope') !== 'messageGroup') {
    throw invalidAttributeValue(
      'FifoThroughputLimit',
      'To set FifoThroughputLimit to perMessageGroupId, the DeduplicationScope must be messageGroup.',
    );
  }
}
