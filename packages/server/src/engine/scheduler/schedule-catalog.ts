import { formatArn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import type { Scope } from '../../model/resources.ts';
import type { Schedule, ScheduleGroup } from '../../model/schedule.ts';
import type { CatalogStore, Expectation } from '../ports/storage.ts';
import type { Versioned } from '../catalog.ts';

const GROUP = 'schedule-group';
const SCHEDULE = 'schedule';

export const DEFAULT_GROUP = 'default';

const scopeKey = ({ account, region }: Scope): string => `${account}/${region}/`;
const groupKey = (scope: Scope, group: string): string => `${scopeKey(scope)}${group}`;

/** Where a schedule stands: `<account>/<region>/<group>/<name>`. */
export const scheduleKey = (scope: Scope, group: string, name: string): string =>
  `${groupKey(scope, group)}/${name}`;

export const groupArn = ({ region, account }: Scope, group: string): string =>
  formatArn('scheduler', region, account, `schedule-group/${group}`);
export const scheduleArn = ({ region, account }: Scope, group: string, name: string): string =>
  formatArn('scheduler', region, account, `schedule/${group}/${name}`);

/** Part of a list, and where it goes on; undefined at its end. */
export interface Part<Document> {
  readonly items: readonly Document[];
  readonly next: string | undefined;
}

/**
 * The documents of the Scheduler. They stay in the store: there may be millions of schedules, and one is only needed when
 * it ticks or somebody asks for it.
 */
export class ScheduleCatalog {
  readonly #store: CatalogStore;

  constructor(store: CatalogStore) {
    this.#store = store;
  }

  /** A group; the default one exists in every scope. */
  async group(scope: Scope, name: string): Promise<Versioned<ScheduleGroup> | undefined> {
    const entry = await this.#store.get(GROUP, groupKey(scope, name));
    if (entry) return { document: entry.value as ScheduleGroup, version: entry.version };
    return name === DEFAULT_GROUP ? { document: defaultGroup(scope), version: 0n } : undefined;
  }

  /** False when somebody else changed it since `expect`. */
  putGroup(group: ScheduleGroup, expect: Expectation): Promise<boolean> {
    return this.#write({ kind: GROUP, key: groupKey(group, group.name), value: group, expect });
  }

  removeGroup(group: ScheduleGroup): Promise<boolean> {
    return this.#write({ kind: GROUP, key: groupKey(group, group.name), remove: true, expect: undefined });
  }

  /** The groups of a scope by name, the default one among them. */
  async groups(scope: Scope): Promise<ScheduleGroup[]> {
    const entries = await this.#store.page(GROUP, scopeKey(scope), undefined, limits.scheduleGroups + 1);
    const groups = entries.map(({ value }) => value as ScheduleGroup);
    if (!groups.some(({ name }) => name === DEFAULT_GROUP)) groups.push(defaultGroup(scope));
    return groups.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The groups of all scopes. */
  async allGroups(): Promise<ScheduleGroup[]> {
    return (await this.#store.list(GROUP)).map(({ value }) => value as ScheduleGroup);
  }

  async schedule(key: string): Promise<Versioned<Schedule> | undefined> {
    const entry = await this.#store.get(SCHEDULE, key);
    return entry && { document: entry.value as Schedule, version: entry.version };
  }

  putSchedule(schedule: Schedule, expect: Expectation): Promise<boolean> {
    const key = scheduleKey(schedule, schedule.group, schedule.name);
    return this.#write({ kind: SCHEDULE, key, value: schedule, expect });
  }

  removeSchedule(key: string, expect: Expectation): Promise<boolean> {
    return this.#write({ kind: SCHEDULE, key, remove: true, expect });
  }

  async removeSchedules(keys: readonly string[]): Promise<void> {
    await this.#store.write(
      keys.map((key) => ({ kind: SCHEDULE, key, remove: true, expect: undefined }) as const),
    );
  }

  /** Schedules of a scope, or of one group, whose names begin so; by group and name, behind a key. */
  async schedules(
    scope: Scope,
    {
      group,
      namePrefix = '',
    }: { readonly group?: string | undefined; readonly namePrefix?: string | undefined },
    after: string | undefined,
    max: number,
  ): Promise<Part<Schedule>> {
    const items: Schedule[] = [];
    for (const prefix of await this.#prefixes(scope, group, namePrefix)) {
      // Everything below the prefix is behind it already.
      if (after !== undefined && after > prefix && !after.startsWith(prefix)) continue;
      const entries = await this.#store.page(SCHEDULE, prefix, after, max - items.length);
      items.push(...entries.map(({ value }) => value as Schedule));
      if (items.length === max) return { items, next: entries.at(-1)!.key };
    }
    return { items, next: undefined };
  }

  /** What the keys of wanted schedules begin with, in the order of keys. With a prefix of names each group is a range of its own. */
  async #prefixes(scope: Scope, group: string | undefined, namePrefix: string): Promise<string[]> {
    if (group !== undefined) return [scheduleKey(scope, group, namePrefix)];
    if (namePrefix === '') return [scopeKey(scope)];
    return (await this.groups(scope)).map(({ name }) => scheduleKey(scope, name, namePrefix)).sort();
  }

  async #write(write: Parameters<CatalogStore['write']>[0][number]): Promise<boolean> {
    const [result] = await this.#store.write([write]);
    return result!.ok;
  }
}

const defaultGroup = (scope: Scope): ScheduleGroup => ({
  account: scope.account,
  region: scope.region,
  name: DEFAULT_GROUP,
  arn: groupArn(scope, DEFAULT_GROUP),
  state: 'ACTIVE',
  createdAt: 0,
  modifiedAt: 0,
  tags: [],
});
