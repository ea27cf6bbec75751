import { DELIVERED } from '../../engine/ports/connector.ts';
import type { OutgoingDelivery, SendOutcome } from '../../engine/ports/connector.ts';
import { outcomeOfError } from './classify.ts';
import type { AwsInput } from './encode.ts';
import type { Opening, SendBatch } from './row.ts';
import { isOutcome } from './single.ts';

/** What a service says of one entry of a batch that it took otherwise. */
export interface EntryFailure {
  readonly code: string;
  readonly message: string;
  /** Whether the service takes the fault upon itself. */
  readonly serviceFault?: boolean;
}

/** How a service takes several entries in one call. */
export interface BatchSpec<Entry extends object> {
  readonly service: string;
  readonly operation: string;
  /** The most bytes of all entries of a call together. */
  readonly maxBytes: number;
  entryOf(delivery: OutgoingDelivery, index: number): Entry | SendOutcome;
  bytesOf(entry: Entry): number;
  inputOf(entries: readonly Entry[]): AwsInput;
  /** The failures of an answer, by place in the call. */
  failuresIn(text: string, entries: readonly Entry[]): ReadonlyMap<number, EntryFailure>;
}

interface Numbered<Entry> {
  readonly place: number;
  readonly entry: Entry;
}

/** Few calls for a batch, and an outcome of its own for each entry. */
export function inBatches<Entry extends object>(opening: Opening, spec: BatchSpec<Entry>): SendBatch {
  return async (batch, signal) => {
    const made = batch.map((delivery, index) => spec.entryOf(delivery, index));
    const entries = made.flatMap((entry, place) => (isOutcome(entry) ? [] : [{ place, entry }]));
    const outcomes = new Map<number, SendOutcome>();
    // One after the other: entries of one order key must not overtake each other.
    for (const group of groupsOf(entries, spec)) {
      for (const [place, outcome] of await sendGroup(opening, spec, group, signal)) {
        outcomes.set(place, outcome);
      }
    }
    return made.map((entry, place) => (isOutcome(entry) ? entry : outcomes.get(place)!));
  };
}

/** Entries in calls of at most `maxBytes`; one that is larger by itself goes alone, and the service judges it. */
function groupsOf<Entry extends object>(
  entries: readonly Numbered<Entry>[],
  spec: BatchSpec<Entry>,
): Numbered<Entry>[][] {
  const groups: Numbered<Entry>[][] = [];
  let room = 0;
  for (const numbered of entries) {
    const bytes = spec.bytesOf(numbered.entry);
    if (groups.length === 0 || bytes > room) {
      groups.push([]);
      room = spec.maxBytes;
    }
    groups.at(-1)!.push(numbered);
    room -= bytes;
  }
  return groups;
}

type Outcomes = readonly (readonly [place: number, outcome: SendOutcome])[];

async function sendGroup<Entry extends object>(
  opening: Opening,
  spec: BatchSpec<Entry>,
  group: readonly Numbered<Entry>[],
  signal: AbortSignal,
): Promise<Outcomes> {
  const { caller, purpose } = opening;
  const entries = group.map(({ entry }) => entry);
  const { service, operation } = spec;
  const call = { ...purpose, service, operation, input: spec.inputOf(entries) };
  const result = await caller.call(call, signal);
  if (result.status === 'done') {
    const failures = spec.failuresIn(result.text, entries);
    return group.map(({ place }, index) => [place, outcomeOfEntry(failures.get(index))]);
  }
  // One bad entry spoils the call for its neighbours: halves of it are tried, until it is alone.
  if (result.outcome.code === 'INVALID_PARAMETER' && group.length > 1) {
    const middle = group.length >> 1;
    const first = await sendGroup(opening, spec, group.slice(0, middle), signal);
    return [...first, ...(await sendGroup(opening, spec, group.slice(middle), signal))];
  }
  return group.map(({ place }) => [place, result.outcome]);
}

const SERVER_FAULT = 500;
const CLIENT_FAULT = 400;

function outcomeOfEntry(failure: EntryFailure | undefined): SendOutcome {
  if (!failure) return DELIVERED;
  const { code, message, serviceFault } = failure;
  return outcomeOfError({ status: serviceFault ? SERVER_FAULT : CLIENT_FAULT, code, message });
}
