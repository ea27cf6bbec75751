import { buildEnvelope, readEnvelope } from '../envelope.ts';

const RESOURCES = ',"resources":';
const REPLAY_NAME = '"replay-name":';
const DETAIL = '"detail":';

/**
 * An archived event as a replay delivers it: `replay-name` stands between `region` and `resources`, everything else stays
 * as it is, to the letter.
 *
 * @returns undefined for a text that is no event.
 */
export function replayedEvent(event: string, replayName: string): string | undefined {
  // In an envelope of this house only texts stand before `resources`, and in those every quote is escaped: the first
  // match is the member's own.
  const at = event.startsWith('{"version":"0","id":"') ? event.indexOf(RESOURCES) : -1;
  const usual = at >= 0 && event.lastIndexOf(REPLAY_NAME, at) < 0 && event.lastIndexOf(DETAIL, at) < 0;
  if (!usual) return rebuilt(event, replayName);
  return `${event.slice(0, at)},${REPLAY_NAME}${JSON.stringify(replayName)}${event.slice(at)}`;
}

/** An event that was written by others, or that has been replayed before. */
function rebuilt(event: string, replayName: string): string | undefined {
  const read = readEnvelope(event);
  if (read?.id === undefined) return undefined;
  return buildEnvelope({
    id: read.id,
    detailType: read.detailType,
    source: read.source,
    account: read.account ?? '',
    time: read.time ?? 0,
    region: read.region ?? '',
    resources: read.resources ?? [],
    replayName,
    detail: read.detail,
  });
}
