/**
 * What an ordered queue does, as plainly as it can be said: one list that is walked for everything. The stores are
 * measured against it.
 */

export interface PlainMessage {
  readonly id: string;
  readonly group: string;
  readonly since: number;
  receives: number;
  /** 0: never given out by this queue. */
  hiddenUntil: number;
}

export interface PlainReceipt {
  readonly id: string;
  readonly receipt: number;
}

export class PlainOrderedQueue {
  #messages: PlainMessage[] = [];
  #sent = new Map<string, { readonly id: string; readonly at: number }>();
  /** Groups in the order in which they appeared with their first message. */
  #groups: string[] = [];

  /** The id of the message, or of the one that it repeats. */
  send(id: string, group: string, key: string, now: number, windowMs: number): string {
    const known = this.#sent.get(key);
    if (known && now - known.at < windowMs) return known.id;
    this.#sent.set(key, { id, at: now });
    this.add({ id, group, since: now, receives: 0, hiddenUntil: 0 });
    return id;
  }

  add(message: PlainMessage): void {
    this.#messages.push(message);
    if (!this.#groups.includes(message.group)) this.#groups.push(message.group);
  }

  receive(
    max: number,
    now: number,
    hiddenUntil: number,
    sentAfter: number,
    delayMs: number,
    redrive?: { readonly maxReceives: number; readonly to: PlainOrderedQueue },
  ): PlainReceipt[] {
    const received: PlainReceipt[] = [];
    for (const group of this.#ready(now, delayMs)) {
      for (const message of this.#of(group)) {
        if (received.length === max) break;
        if (message.since <= sentAfter) this.#drop(message);
        else if (message.hiddenUntil === 0 && message.since + delayMs > now) break;
        else if (redrive && message.receives >= redrive.maxReceives) {
          this.#drop(message);
          redrive.to.add({ ...message, since: now, hiddenUntil: 0 });
        } else {
          message.receives++;
          message.hiddenUntil = hiddenUntil;
          received.push({ id: message.id, receipt: message.receives });
        }
      }
      if (received.length === max) break;
    }
    this.#forgetEmptyGroups();
    return received;
  }

  /** All visible messages, as they move to another queue under new ids. */
  move(ids: readonly string[], now: number, delayMs: number, to: PlainOrderedQueue): number {
    let moved = 0;
    for (const group of this.#ready(now, delayMs)) {
      for (const message of this.#of(group)) {
        if (moved === ids.length) break;
        if (message.hiddenUntil === 0 && message.since + delayMs > now) break;
        this.#drop(message);
        to.add({ id: ids[moved]!, group: message.group, since: now, receives: 0, hiddenUntil: 0 });
        moved++;
      }
    }
    this.#forgetEmptyGroups();
    return moved;
  }

  removeInFlight({ id, receipt }: PlainReceipt, now: number): string {
    const message = this.#messages.find((each) => each.id === id);
    if (!message) return 'gone';
    if (message.receives !== receipt || message.hiddenUntil <= now) return 'expired';
    this.#drop(message);
    this.#forgetEmptyGroups();
    return 'removed';
  }

  changeVisibility({ id, receipt }: PlainReceipt, hiddenUntil: number, now: number): boolean {
    const message = this.#messages.find((each) => each.id === id);
    if (message?.receives !== receipt || message.hiddenUntil <= now) return false;
    message.hiddenUntil = hiddenUntil;
    return true;
  }

  expire(before: number, max: number): number {
    let removed = 0;
    while (removed < max && this.#messages[0] && this.#messages[0].since < before) {
      this.#messages.shift();
      removed++;
    }
    this.#forgetEmptyGroups();
    return removed;
  }

  counts(now: number, delayMs: number): { visible: number; inFlight: number; delayed: number } {
    const inFlight = this.#messages.filter((each) => each.hiddenUntil > now).length;
    const delayed = this.#messages.filter(
      (each) => each.hiddenUntil === 0 && each.since + delayMs > now,
    ).length;
    return { visible: this.#messages.length - inFlight - delayed, inFlight, delayed };
  }

  nextVisible(delayMs: number): number | undefined {
    const times = this.#groups.map((group) => this.#readyAt(group, delayMs));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #of(group: string): PlainMessage[] {
    return this.#messages.filter((each) => each.group === group);
  }

  /** A group is ready when none of its messages is hidden any more; one that was never given out, after the delay. */
  #readyAt(group: string, delayMs: number): number {
    const messages = this.#of(group);
    const lockedUntil = Math.max(...messages.map((each) => each.hiddenUntil));
    return lockedUntil === 0 ? messages[0]!.since + delayMs : lockedUntil;
  }

  #ready(now: number, delayMs: number): string[] {
    return this.#groups
      .map((group) => ({ group, at: this.#readyAt(group, delayMs) }))
      .filter(({ at }) => at <= now)
      .sort((a, b) => a.at - b.at)
      .map(({ group }) => group);
  }

  #drop(message: PlainMessage): void {
    this.#messages = this.#messages.filter((each) => each !== message);
  }

  #forgetEmptyGroups(): void {
    this.#groups = this.#groups.filter((group) => this.#of(group).length > 0);
  }
}
