import type { RedriveRule } from '../../engine/ports/queue-storage.ts';
import type { Queue, QueueCatalog } from './catalog.ts';
import { mayRedrive } from './redrive-policy.ts';

/**
 * Where messages of a queue go that were received too often. Undefined without a redrive policy, and also when its
 * dead-letter queue is gone or does not take them (any more): they are then received on rather than lost.
 */
export function redriveRule(catalog: QueueCatalog, queue: Queue): RedriveRule | undefined {
  const { redrive } = queue.settings;
  if (!redrive) return undefined;
  const target = catalog.findByArn(redrive.deadLetterQueue);
  if (!target || !mayRedrive(target, queue.document.arn)) return undefined;
  return { maxReceives: redrive.maxReceives, to: target.document.id, source: queue.document.arn };
}
