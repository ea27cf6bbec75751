import { hash } from 'node:crypto';
import type { Queue } from './catalog.ts';

/** The service's words for a FIFO message that nothing tells from another one. */
export const NO_DEDUPLICATION =
  'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly';

/** What tells a FIFO message from others: the id that was given, or the SHA-256 of its body where the queue does that. */
export function deduplicationIdOf(
  { settings }: Queue,
  body: string,
  given: string | undefined,
): string | undefined {
  return given ?? (settings.contentBasedDeduplication ? hash('sha256', body) : undefined);
}

/** The key within the queue. Groups have no line breaks, so that keys of the two scopes never meet. */
export function deduplicationKey({ settings }: Queue, groupId: string, deduplicationId: string): string {
  return settings.deduplicationScope === 'queue' ? deduplicationId : `${groupId}\n${deduplicationId}`;
}
