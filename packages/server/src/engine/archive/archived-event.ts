import type { ArchivedEvent } from '../ports/archive-storage.ts';

// Events come in bursts of the same second: what its text means is kept.
let lastText = '';
let lastTime = 0;

/** The text of a member that an envelope has in front of its detail. In such a text a quote stands only around names and values. */
function memberOf(event: string, name: string): string {
  const start = event.indexOf(`"${name}":"`) + name.length + 4;
  return event.slice(start, event.indexOf('"', start));
}

function timeOf(text: string): number {
  if (text !== lastText) {
    lastTime = Date.parse(text);
    lastText = text;
  }
  return lastTime;
}

/** @param event an envelope as `buildEnvelope` makes it. */
export function archivedEvent(eventId: string, event: string, ingestedAt: number): ArchivedEvent {
  const time = timeOf(memberOf(event, 'time'));
  // A date beyond what a date can hold must not keep the others of its batch out.
  const eventTime = Number.isNaN(time) ? ingestedAt : time;
  return { eventId, eventTime, ingestedAt, account: memberOf(event, 'account'), event };
}
