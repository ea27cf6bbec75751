import type { LogId } from '../ports/storage.ts';

const PREFIX = 'replay.';
const UID_CHARS = 36;
/** Stands between a replay's log and the id of the subscription in the ids of its lanes; names of replays hold none. */
const SEPARATOR = '/';

/** The log of a replay: `replay.<uid>.<name>`. The names of buses' logs begin with an account. */
export const replayLog = (uid: string, name: string): LogId => `${PREFIX}${uid}.${name}`;
export const isReplayLog = (log: LogId): boolean => log.startsWith(PREFIX);

/** The name of the replay that a log belongs to. */
export const nameInLog = (log: LogId): string => log.slice(PREFIX.length + UID_CHARS + 1);

/** The lane of a subscription in a replay. */
export const replayLane = (log: LogId, base: string): string => log + SEPARATOR + base;

/** The parts of the id of a replay's lane; undefined for any other lane. */
export function readReplayLane(lane: string): { readonly log: LogId; readonly base: string } | undefined {
  if (!isReplayLog(lane)) return undefined;
  const at = lane.indexOf(SEPARATOR);
  return { log: lane.slice(0, at), base: lane.slice(at + 1) };
}
