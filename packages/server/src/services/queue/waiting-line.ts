import type { Clock } from '../../engine/ports/clock.ts';
import type { QueueMessage } from '../../engine/ports/queue-storage.ts';
import { limits } from '../../model/limits.ts';

/** One long poll that waits: how it looks for messages, and how it ends. */
export interface Poll {
  /** Tries to get messages from the store. */
  attempt(): Promise<QueueMessage[]>;
  /** Puts messages back at once that nobody is there any more to take, and tells the line that they have arrived. */
  giveBack(messages: readonly QueueMessage[]): Promise<void>;
  answer(messages: QueueMessage[]): void;
  fail(error: unknown): void;
}

interface Waiter {
  readonly poll: Poll;
  /** An attempt is under way for it: whoever ends the wait must leave the end to the attempt. */
  busy: boolean;
  /** Set while busy: `over` still takes messages, `gone` does not. */
  ending: 'no' | 'over' | 'gone';
}

export interface LineContext {
  readonly clock: Clock;
  /** When the queue's earliest message is to be seen. */
  nextVisible(): Promise<number | undefined>;
  /** Called when the last poll has left. */
  onEmpty(): void;
  /** Called when the queue seems to hold messages that no poll gets: they have expired. */
  onStuck(): void;
}

/**
 * The long polls of one queue, first come, first served.
 *
 * A poll is *waiting* → (attempt) *busy* → waiting again, or answered. It leaves by an answer with messages, by its time
 * running out, by its client going away, or by the line closing. Attempts are made when a poll joins, when messages
 * arrive, and when the one timer says that a message becomes visible; never in a loop without one of these.
 */
export class WaitingLine {
  readonly #context: LineContext;
  readonly #waiters = new Set<Waiter>();
  #serving = false;
  #again = false;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(context: LineContext) {
    this.#context = context;
  }

  /** Adds a poll, and looks for messages at once. The returned function ends it early: `over` in time, or `gone`. */
  join(poll: Poll): (how: 'over' | 'gone') => void {
    const waiter: Waiter = { poll, busy: false, ending: 'no' };
    this.#waiters.add(waiter);
    this.#look();
    return (how) => {
      if (!this.#waiters.has(waiter)) return;
      if (waiter.busy) {
        if (waiter.ending !== 'gone') waiter.ending = how;
      } else this.#finish(waiter, []);
    };
  }

  /** Messages are there, or will be at `visibleAt`. */
  arrived(visibleAt: number): void {
    if (visibleAt <= this.#context.clock.now()) this.#look();
    else this.#setTimer(visibleAt);
  }

  /** Ends every poll without messages. */
  close(): void {
    for (const waiter of this.#waiters) {
      if (waiter.busy) waiter.ending = 'gone';
      else this.#finish(waiter, []);
    }
  }

  #look(): void {
    this.#again = true;
    if (!this.#serving) void this.#serve();
  }

  /** Serves until nothing is left to give or nobody waits. Never rejects: failures go to the polls. */
  async #serve(): Promise<void> {
    this.#serving = true;
    while (this.#again && this.#waiters.size > 0) {
      this.#again = false;
      const lookedAt = this.#context.clock.now();
      await this.#serveRound();
      if (!this.#again && this.#waiters.size > 0) await this.#arm(lookedAt);
    }
    this.#serving = false;
  }

  async #serveRound(): Promise<void> {
    // One message wakes many polls: trying a few at first, and more while there is enough, spares the store.
    let width = 1;
    while (this.#waiters.size > 0) {
      const front = [...this.#waiters.values().take(width)];
      const served = await Promise.all(front.map((waiter) => this.#attempt(waiter)));
      if (served.includes(false)) return;
      width = Math.min(width * 2, limits.queueWakeWidth);
    }
  }

  /** False when the queue had nothing for it. */
  async #attempt(waiter: Waiter): Promise<boolean> {
    waiter.busy = true;
    try {
      const messages = await waiter.poll.attempt();
      if (messages.length > 0 && waiter.ending === 'gone') {
        await waiter.poll.giveBack(messages);
        this.#finish(waiter, []);
      } else if (messages.length > 0 || waiter.ending !== 'no') this.#finish(waiter, messages);
      return messages.length > 0;
    } catch (error) {
      this.#finish(waiter, undefined, error);
      return true;
    } finally {
      waiter.busy = false;
    }
  }

  #finish(waiter: Waiter, messages: QueueMessage[] | undefined, error?: unknown): void {
    if (!this.#waiters.delete(waiter)) return;
    if (messages) waiter.poll.answer(messages);
    else waiter.poll.fail(error);
    if (this.#waiters.size > 0) return;
    this.#clearTimer();
    this.#context.onEmpty();
  }

  /**
   * Sets the timer for the next message to become visible. Called when the store has just given nothing, having been
   * asked at `lookedAt` or later.
   */
  async #arm(lookedAt: number): Promise<void> {
    const { clock } = this.#context;
    const next = await this.#context.nextVisible().catch(() => lookedAt);
    if (this.#again || this.#waiters.size === 0 || next === undefined) return;
    const now = clock.now();
    // It has become visible while the store was busy with the answer: a look at it is all that is missing.
    if (next > lookedAt && next <= now) return this.#look();
    // Due, but not given out: it has expired, or another process was faster. Not worth a loop.
    if (next <= now) this.#context.onStuck();
    this.#setTimer(next <= now ? now + limits.queueRecheckMs : next);
  }

  #setTimer(at: number): void {
    if (this.#timer && this.#timer.at <= at) return;
    this.#clearTimer();
    const delay = Math.max(at - this.#context.clock.now(), 0);
    const cancel = this.#context.clock.after(delay, () => {
      this.#timer = undefined;
      this.#look();
    });
    this.#timer = { at, cancel };
  }

  #clearTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
