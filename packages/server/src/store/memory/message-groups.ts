import { Heap } from './heap.ts';
import type { Group, GroupPlace } from './ordered-message.ts';

const sooner = (a: GroupPlace, b: GroupPlace): boolean =>
  a.at < b.at || (a.at === b.at && a.group.number < b.group.number);

/** So many out-of-date places are put up with before an order is swept. */
const SWEEP_AT = 1_024;

/**
 * The groups of one queue that have messages, in two orders: *fresh* ones, whose first message waits for its first
 * receive (from its arrival and the queue's delay on), and *locked* ones, which have messages that were given out (from
 * the end of the longest visibility on).
 */
export class MessageGroups {
  readonly #groups = new Map<string, Group>();
  readonly #fresh = new Heap<GroupPlace>(sooner);
  readonly #locked = new Heap<GroupPlace>(sooner);
  #made = 0;

  /** The group of this id; a new one has no messages and no place yet. */
  find(id: string): Group {
    const known = this.#groups.get(id);
    if (known) return known;
    const group: Group = { id, number: ++this.#made, first: undefined, last: undefined, place: undefined };
    this.#groups.set(id, group);
    return group;
  }

  /** Puts a group to its place after a change to its first messages; one without messages is forgotten. */
  settle(group: Group): void {
    if (!group.first) {
      group.place = undefined;
      // A group that is forgotten and comes back is another one.
      if (this.#groups.get(group.id) === group) this.#groups.delete(group.id);
      return;
    }
    // Messages that were given out are always the first ones of their group, and few.
    let lockedUntil = 0;
    for (let each = group.first; each && each.hiddenUntil > 0; each = each.next!) {
      lockedUntil = Math.max(lockedUntil, each.hiddenUntil);
    }
    const fresh = lockedUntil === 0;
    group.place = { group, at: fresh ? group.first.since : lockedUntil, fresh };
    const order = fresh ? this.#fresh : this.#locked;
    order.push(group.place);
    if (order.size > 2 * this.#groups.size + SWEEP_AT) order.retain(isCurrent);
  }

  /** Gives the ready groups to `use`, the one that has been ready for longest first, each once, until it answers false. */
  forEachReady(now: number, delayMs: number, use: (group: Group) => boolean): void {
    const used: Group[] = [];
    for (;;) {
      const place = this.#earliest(delayMs);
      if (!place || readyAt(place, delayMs) > now) break;
      (place.fresh ? this.#fresh : this.#locked).pop();
      place.group.place = undefined;
      used.push(place.group);
      if (!use(place.group)) break;
    }
    for (const group of used) this.settle(group);
  }

  /** When the next group is ready; undefined when there are none. */
  nextReady(delayMs: number): number | undefined {
    const place = this.#earliest(delayMs);
    return place && readyAt(place, delayMs);
  }

  #earliest(delayMs: number): GroupPlace | undefined {
    const fresh = current(this.#fresh);
    const locked = current(this.#locked);
    if (!fresh || !locked) return fresh ?? locked;
    const [one, other] = [readyAt(fresh, delayMs), readyAt(locked, delayMs)];
    if (one !== other) return one < other ? fresh : locked;
    return fresh.group.number < locked.group.number ? fresh : locked;
  }
}

const isCurrent = (place: GroupPlace): boolean => place.group.place === place;

const readyAt = ({ at, fresh }: GroupPlace, delayMs: number): number => (fresh ? at + delayMs : at);

function current(order: Heap<GroupPlace>): GroupPlace | undefined {
  for (;;) {
    const place = order.peek();
    if (!place || isCurrent(place)) return place;
    order.pop();
  }
}
