import type { DatabaseSync } from 'node:sqlite';
import { Refused } from '../failure.ts';
import type { Cells, Operations } from '../wire.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Counters } from './counters.ts';
import type { Dropped } from './dropped.ts';
import { LogGroupEvents, NEW_LOG_EVENT_WIDTH } from './log-group-events.ts';
import type { LogEventRange } from './log-group-events.ts';
import { LogGroupStreams } from './log-group-streams.ts';
import { createLogGroupTables, eventsTable, streamsTable } from './log-group-tables.ts';
import { statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Groups whose statements are kept prepared. */
const OPEN_GROUPS = 256;

type LogGroupOperations = Pick<Operations, Extract<keyof Operations, `logGroup.${string}`>>;

interface OpenGroup {
  readonly tables: bigint;
  readonly streams: LogGroupStreams;
  readonly events: LogGroupEvents;
}

/** The streams and events of log groups, two tables a group. */
export class LogGroups {
  readonly #database: DatabaseSync;
  readonly #counters: Counters;
  readonly #dropped: Dropped;
  readonly #open = new BoundedMap<OpenGroup>(OPEN_GROUPS);
  readonly #find: Statement<[string], [bigint]>;
  readonly #put: Statement<[string, bigint], never>;
  readonly #delete: Statement<[string], never>;
  readonly #grow: Statement<[bigint, string], never>;
  readonly #bytes: Statement<[string], [bigint]>;

  constructor(database: DatabaseSync, counters: Counters, dropped: Dropped) {
    this.#database = database;
    this.#counters = counters;
    this.#dropped = dropped;
    this.#find = statement(database, 'SELECT tables FROM log_groups WHERE name = ?');
    this.#put = statement(database, 'INSERT INTO log_groups VALUES (?, ?, 0)');
    this.#delete = statement(database, 'DELETE FROM log_groups WHERE name = ?');
    this.#grow = statement(database, 'UPDATE log_groups SET bytes = bytes + ? WHERE name = ?');
    this.#bytes = statement(database, 'SELECT bytes FROM log_groups WHERE name = ?');
  }

  readonly operations: LogGroupOperations = {
    'logGroup.create': (group) => {
      if (this.#find.get(group)) return null;
      const tables = this.#counters.take('log-group-tables', 1);
      createLogGroupTables(this.#database, tables);
      this.#put.run(group, tables);
      return null;
    },
    'logGroup.drop': (group) => {
      this.#drop(group);
      return null;
    },
    'logGroup.createStream': (group, stream, createdAt) =>
      this.#existing(group).streams.create(stream, createdAt),
    'logGroup.removeStream': (group, stream) => this.#removeStream(group, stream),
    'logGroup.streamsByName': (group, prefix, descending, beyond, max) =>
      this.#group(group)?.streams.byName(prefix, descending, beyond, max) ?? [],
    'logGroup.streamsByTime': (group, descending, beyondTime, beyondName, max) =>
      this.#group(group)?.streams.byTime(descending, beyondTime, beyondName, max) ?? [],
    'logGroup.append': (group, stream, events) => {
      this.#append(group, stream, events);
      return null;
    },
    'logGroup.read': (group, streams, descending, timestamp, sequence, end, maxEvents, maxChars) =>
      this.#read(group, streams, { descending, timestamp, sequence, end }, maxEvents, maxChars),
    'logGroup.trim': (group, before, maxEvents) => this.#trim(group, before, maxEvents),
    'logGroup.bytes': (groups) => groups.map((group) => Number(this.#bytes.get(group)?.[0] ?? 0n)),
  };

  /** After a rollback nothing that was remembered is certain. */
  reset(): void {
    this.#open.clear();
  }

  #group(group: string): OpenGroup | undefined {
    const open = this.#open.get(group);
    if (open) return open;
    const found = this.#find.get(group);
    if (!found) return undefined;
    const [tables] = found;
    const opened: OpenGroup = {
      tables,
      streams: new LogGroupStreams(this.#database, tables),
      events: new LogGroupEvents(this.#database, tables),
    };
    this.#open.set(group, opened);
    return opened;
  }

  #existing(group: string): OpenGroup {
    const found = this.#group(group);
    if (!found) throw new Refused({ kind: 'missing', message: `there is no log group ${group}` });
    return found;
  }

  /** Leaves the group's tables to be emptied in steps. */
  #drop(group: string): void {
    const found = this.#find.get(group);
    if (!found) return;
    this.#dropped.addTable(eventsTable(found[0]));
    this.#dropped.addTable(streamsTable(found[0]));
    this.#delete.run(group);
    this.#counters.remove(sequenceOf(group));
    this.#open.delete(group);
  }

  /** Leaves the stream's events to be removed in steps: nobody finds them any more. */
  #removeStream(group: string, stream: string): boolean {
    const found = this.#group(group);
    const removed = found?.streams.remove(stream);
    if (!found || !removed) return false;
    this.#dropped.addStream(eventsTable(found.tables), removed[0]);
    this.#grow.run(-removed[1], group);
    return true;
  }

  #append(group: string, stream: string, events: Cells): void {
    const found = this.#existing(group);
    const id = found.streams.find(stream);
    if (id === undefined) {
      throw new Refused({ kind: 'missing', message: `the log group ${group} has no stream ${stream}` });
    }
    if (events.length === 0) return;
    const first = this.#counters.take(sequenceOf(group), events.length / NEW_LOG_EVENT_WIDTH);
    const { latest, ingestedAt, bytes } = found.events.append(id, first, events);
    found.streams.added(id, latest, ingestedAt, bytes);
    this.#grow.run(BigInt(bytes), group);
  }

  /** One cell that tells whether there is more, then rows of five. */
  #read(
    group: string,
    names: readonly string[] | null,
    range: LogEventRange,
    maxEvents: number,
    maxChars: number,
  ): Cells {
    const found = this.#group(group);
    if (!found) return [0];
    const ids = names?.map((name) => found.streams.find(name)).filter((id) => id !== undefined);
    if (ids?.length === 0) return [0];
    const { more, cells } =
      ids && ids.length > 1
        ? found.events.readStreams(ids, range, maxEvents, maxChars)
        : found.events.read(ids?.[0], range, maxEvents, maxChars);
    return [more ? 1 : 0, ...cells];
  }

  #trim(group: string, before: number, maxEvents: number): number {
    const found = this.#group(group);
    if (!found) return 0;
    const removed = found.events.trim(before, maxEvents);
    const byStream = new Map<bigint, bigint>();
    for (const { stream, bytes } of removed) byStream.set(stream, (byStream.get(stream) ?? 0n) + bytes);
    for (const [stream, bytes] of byStream) {
      if (found.streams.removed(stream, bytes)) this.#grow.run(-bytes, group);
    }
    return removed.length;
  }
}

/** The counter of a group's sequences. */
const sequenceOf = (group: string): string => `log-events.${group}`;
