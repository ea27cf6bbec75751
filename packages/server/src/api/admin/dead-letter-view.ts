import type { DeadLetterDocument } from '../../engine/deliver/dead-letter.ts';
import type { AttemptNote } from '../../engine/deliver/retry.ts';
import type { DeadLetter } from '../../engine/ports/storage.ts';

export const iso = (ms: number): string => new Date(ms).toISOString();

/** A dead letter as a list shows it: everything but event, payload and single attempts. */
export function letterSummary(letter: DeadLetter, underWay: boolean): object {
  const document = letter.document as DeadLetterDocument;
  return {
    id: letter.id,
    createdAt: iso(letter.createdAt),
    eventId: letter.eventId,
    bus: letter.bus,
    rule: letter.rule,
    target: letter.target,
    targetId: document.targetId,
    fault: document.fault,
    code: document.code,
    reason: document.reason,
    condition: document.condition,
    attempts: document.attempts,
    queue: document.queue,
    underWay,
  };
}

/** What one attempt came to. */
export const noteView = (note: AttemptNote): object => ({ ...note, at: iso(note.at) });

/** A whole dead letter. Event and payload stay the texts that they are, so that no number and no escape changes. */
export function letterDetails(letter: DeadLetter, underWay: boolean): object {
  const document = letter.document as DeadLetterDocument;
  return {
    ...letterSummary(letter, underWay),
    ingestedAt: iso(document.ingestedAt),
    account: document.account,
    traceHeader: document.traceHeader,
    notes: document.notes.map(noteView),
    event: document.event,
    payload: document.payload,
  };
}
