import type {
  LogEventPage,
  LogEventQuery,
  LogEventStore,
  LogGroupId,
  LogStreamQuery,
  NewLogEvent,
  PlacedLogStream,
} from '../../engine/ports/log-group-storage.ts';
import { StorageError } from '../../engine/ports/storage.ts';
import { MemoryLogGroup } from './log-group.ts';

export class MemoryLogEvents implements LogEventStore {
  readonly #groups = new Map<LogGroupId, MemoryLogGroup>();

  async create(group: LogGroupId): Promise<void> {
    if (!this.#groups.has(group)) this.#groups.set(group, new MemoryLogGroup());
  }

  async drop(group: LogGroupId): Promise<void> {
    this.#groups.delete(group);
  }

  async createStream(group: LogGroupId, stream: string, createdAt: number): Promise<boolean> {
    return this.#existing(group).createStream(stream, createdAt);
  }

  async removeStream(group: LogGroupId, stream: string): Promise<boolean> {
    return this.#groups.get(group)?.removeStream(stream) ?? false;
  }

  async streams(group: LogGroupId, query: LogStreamQuery): Promise<PlacedLogStream[]> {
    return this.#groups.get(group)?.streams(query) ?? [];
  }

  async append(group: LogGroupId, stream: string, events: readonly NewLogEvent[]): Promise<void> {
    if (this.#existing(group).append(stream, events)) return;
    throw new StorageError('missing', `the log group ${group} has no stream ${stream}`);
  }

  async read(group: LogGroupId, query: LogEventQuery): Promise<LogEventPage> {
    return this.#groups.get(group)?.read(query) ?? { events: [], more: false };
  }

  async trim(group: LogGroupId, before: number, maxEvents: number): Promise<number> {
    return this.#groups.get(group)?.trim(before, maxEvents) ?? 0;
  }

  async storedBytes(groups: readonly LogGroupId[]): Promise<number[]> {
    return groups.map((group) => this.#groups.get(group)?.storedBytes ?? 0);
  }

  #existing(group: LogGroupId): MemoryLogGroup {
    const kept = this.#groups.get(group);
    if (!kept) throw new StorageError('missing', `there is no log group ${group}`);
    return kept;
  }
}
