import type { Random } from '../../engine/ports/clock.ts';
import type { LogGroupId } from '../../engine/ports/log-group-storage.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { Storage } from '../../engine/ports/storage.ts';
import { limits } from '../../model/limits.ts';
import { logGroupArn } from '../../model/log-group-arn.ts';
import type { Scope } from '../../model/resources.ts';
import { DocumentMirror } from './document-mirror.ts';
import { groupIsProtected, groupNotFound, operationAborted, tooMany } from './errors.ts';

/** A log group as the catalog keeps it. */
export interface LogGroup extends Scope {
  /** Names this incarnation: events of a deleted group never meet its successor. */
  readonly id: LogGroupId;
  readonly name: string;
  /** Without the `:*` at its end. */
  readonly arn: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly class: string;
  readonly retentionInDays?: number | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly deletionProtection?: boolean | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

const GROUP = 'log-group';
/** A group whose events are still to be dropped: survives a crash in the middle of DeleteLogGroup. */
const DROP = 'log-group-drop';

const keyOf = (scope: Scope, name: string): string => `${scope.account}/${scope.region}/${name}`;

/** The log groups. Bounded by `limits.logGroups`. */
export class LogGroups {
  readonly #storage: Storage;
  readonly #random: Random;
  readonly #mirror: DocumentMirror<LogGroup>;

  private constructor(storage: Storage, random: Random, mirror: DocumentMirror<LogGroup>) {
    this.#storage = storage;
    this.#random = random;
    this.#mirror = mirror;
  }

  /** Reads all groups, and finishes deletions that a crash interrupted. */
  static async open(storage: Storage, random: Random, logger: Logger): Promise<LogGroups> {
    const groups = new LogGroups(storage, random, await DocumentMirror.open(storage.catalog, GROUP));
    await groups.#finishDrops(logger);
    return groups;
  }

  close(): void {
    this.#mirror.close();
  }

  find(scope: Scope, name: string): LogGroup | undefined {
    return this.#mirror.get(keyOf(scope, name))?.document;
  }

  /** The groups of a scope whose names start with `prefix`, by name. */
  list(scope: Scope, prefix: string): LogGroup[] {
    return this.#mirror.list(keyOf(scope, prefix));
  }

  all(): LogGroup[] {
    return this.#mirror.list('');
  }

  /** Creates a group; undefined when the name is taken. */
  async create(group: Omit<LogGroup, 'id' | 'arn'>): Promise<LogGroup | undefined> {
    if (this.find(group, group.name)) return undefined;
    if (this.#mirror.size >= limits.logGroups) throw tooMany();
    const arn = logGroupArn(group.region, group.account, group.name);
    const document: LogGroup = { ...group, arn, id: this.#random.uuid() };
    // The events' place first: a group without one could not be written to.
    await this.#storage.logEvents.create(document.id);
    if (await this.#mirror.put(keyOf(group, group.name), document, 'absent')) return document;
    await this.#storage.logEvents.drop(document.id);
    return undefined;
  }

  /**
   * Writes what `change` makes of the group, again on the newest version when another writer came first. `change` may
   * throw an `ApiError` to give up. Throws when the group is gone.
   */
  async update(group: LogGroup, change: (group: LogGroup) => LogGroup): Promise<void> {
    const key = keyOf(group, group.name);
    for (let attempt = 0; attempt < limits.catalogWriteAttempts; attempt++) {
      const current = this.#mirror.get(key);
      if (current?.document.id !== group.id) throw groupNotFound();
      if (await this.#mirror.put(key, change(current.document), current.version)) return;
    }
    throw operationAborted();
  }

  /** Removes a group with its events. Throws when it is gone already, or protected. */
  async remove(group: LogGroup): Promise<void> {
    const key = keyOf(group, group.name);
    for (let attempt = 0; attempt < limits.catalogWriteAttempts; attempt++) {
      const current = this.#mirror.get(key);
      if (current?.document.id !== group.id) throw groupNotFound();
      if (current.document.deletionProtection) throw groupIsProtected();
      const note = { kind: DROP, key: group.id, value: {}, expect: undefined };
      if (await this.#mirror.remove(key, current.version, [note])) return this.#drop(group.id);
    }
    throw operationAborted();
  }

  async #finishDrops(logger: Logger): Promise<void> {
    const live = new Set(this.all().map(({ id }) => id));
    for (const { key: id } of await this.#storage.catalog.list(DROP)) {
      // A live group has such a note when its deletion lost a race and the process then died: it stays.
      if (live.has(id)) await this.#forgetDrop(id);
      else {
        logger.info({ logGroupId: id }, 'finishing the deletion of a log group');
        await this.#drop(id);
      }
    }
  }

  async #drop(id: LogGroupId): Promise<void> {
    await this.#storage.logEvents.drop(id);
    await this.#forgetDrop(id);
  }

  async #forgetDrop(id: LogGroupId): Promise<void> {
    await this.#storage.catalog.write([{ kind: DROP, key: id, remove: true, expect: undefined }]);
  }
}
