import type { Clock } from '../../engine/ports/clock.ts';
import type { LogEventStore } from '../../engine/ports/log-group-storage.ts';
import type { LogEntry, LogStreamWriter } from '../../engine/ports/log-group-writer.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import { StorageError } from '../../engine/ports/storage.ts';
import type { Scope } from '../../model/resources.ts';
import { DeliveryStreams } from './delivery-streams.ts';
import type { LogGroup, LogGroups } from './groups.ts';

/** Streams of what runs inside of the daemon: groups and streams come into being when they are first written to. */
export class OwnStreams implements LogStreamWriter {
  readonly #groups: LogGroups;
  readonly #store: LogEventStore;
  readonly #streams: DeliveryStreams;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(groups: LogGroups, store: LogEventStore, clock: Clock, logger: Logger) {
    this.#groups = groups;
    this.#store = store;
    this.#streams = new DeliveryStreams(store);
    this.#clock = clock;
    this.#logger = logger;
  }

  async append(scope: Scope, group: string, stream: string, entries: readonly LogEntry[]): Promise<void> {
    try {
      await this.#write(scope, group, stream, entries).catch((error: unknown) => {
        // The group or the stream was deleted a moment ago: it is made anew, once.
        if (!(error instanceof StorageError) || error.kind !== 'missing') throw error;
        return this.#write(scope, group, stream, entries);
      });
    } catch (error) {
      this.#logger.warn({ logGroup: group, err: error }, 'output could not be written to its log group');
    }
  }

  async #write(scope: Scope, name: string, stream: string, entries: readonly LogEntry[]): Promise<void> {
    const { id } = await this.#group(scope, name);
    const now = this.#clock.now();
    try {
      await this.#streams.ensure(id, stream, now);
      const events = entries.map(({ timestamp, message }) => ({ timestamp, ingestedAt: now, message }));
      await this.#store.append(id, stream, events);
    } catch (error) {
      this.#streams.forget(id, stream);
      throw error;
    }
  }

  async #group({ account, region }: Scope, name: string): Promise<LogGroup> {
    const scope = { account, region };
    const group = { ...scope, name, createdAt: this.#clock.now(), class: 'STANDARD', tags: {} };
    const found = this.#groups.find(scope, name) ?? (await this.#groups.create(group));
    // Nobody answered: another writer has just made it.
    return found ?? this.#groups.find(scope, name)!;
  }
}
