import { eventBusArn } from '../model/arn.ts';
import { limitExceeded, internalError, ApiError } from '../model/errors.ts';
import { limits } from '../model/limits.ts';
import type { EventBus, Rule, Scope } from '../model/resources.ts';
import type { Clock, Random } from './ports/clock.ts';
import type { CatalogEntry, CatalogWrite, Expectation, LogState, Storage } from './ports/storage.ts';

/** A document with the version that a compare-and-set expects. */
export interface Versioned<Document> {
  readonly document: Document;
  readonly version: bigint;
}

export type CatalogChange =
  | { readonly kind: 'bus'; readonly bus: EventBus; readonly removed: boolean }
  | { readonly kind: 'rule'; readonly rule: Rule; readonly removed: boolean };

const BUS = 'event-bus';
const RULE = 'rule';

export const DEFAULT_BUS = 'default';

const busKey = (scope: Scope, bus: string): string => `${scope.account}/${scope.region}/${bus}`;
// A rule's name holds no slash, a partner bus's name does: the rule is the last segment.
const ruleKey = (scope: Scope, bus: string, rule: string): string => `${busKey(scope, bus)}/${rule}`;

const byName = (a: { document: { name: string } }, b: { document: { name: string } }): number =>
  a.document.name < b.document.name ? -1 : 1;

/**
 * Buses and rules, typed, in memory for reading and written through to the store. The memory copy follows the store's
 * `watch`, so that it also sees what another process writes. Resources are bounded by `limits`, so memory is too.
 */
export class Catalog {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #buses = new Map<string, Versioned<EventBus>>();
  readonly #rulesOfBus = new Map<string, Map<string, Versioned<Rule>>>();
  readonly #listeners = new Set<(change: CatalogChange) => void>();
  readonly #creatingDefault = new Map<string, Promise<EventBus>>();
  readonly #unwatch: () => void;

  private constructor(storage: Storage, clock: Clock, random: Random) {
    this.#storage = storage;
    this.#clock = clock;
    this.#random = random;
    this.#unwatch = storage.catalog.watch((entry) => this.#apply(entry));
  }

  static async open(storage: Storage, clock: Clock, random: Random): Promise<Catalog> {
    const catalog = new Catalog(storage, clock, random);
    for (const kind of [BUS, RULE]) {
      for (const entry of await storage.catalog.list(kind)) catalog.#apply(entry);
    }
    return catalog;
  }

  close(): void {
    this.#unwatch();
  }

  /** Called for every change of a bus or a rule, after reads show it. */
  onChange(listener: (change: CatalogChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  bus(scope: Scope, name: string): Versioned<EventBus> | undefined {
    return this.#buses.get(busKey(scope, name));
  }

  /** Like `bus`, but brings the default bus of a scope, which always exists for clients, into being. */
  async resolveBus(scope: Scope, name: string): Promise<Versioned<EventBus> | undefined> {
    if (name === DEFAULT_BUS && !this.#buses.has(busKey(scope, name))) await this.#createDefault(scope);
    return this.bus(scope, name);
  }

  /** The buses of a scope, by name. */
  buses(scope: Scope): Versioned<EventBus>[] {
    return [...this.#buses.values()]
      .filter(({ document }) => document.account === scope.account && document.region === scope.region)
      .sort(byName);
  }

  allBuses(): EventBus[] {
    return [...this.#buses.values()].map(({ document }) => document);
  }

  rule(scope: Scope, bus: string, name: string): Versioned<Rule> | undefined {
    return this.#rulesOfBus.get(busKey(scope, bus))?.get(name);
  }

  /** The rules of a bus, by name. */
  rules(scope: Scope, bus: string): Versioned<Rule>[] {
    return [...(this.#rulesOfBus.get(busKey(scope, bus))?.values() ?? [])].sort(byName);
  }

  ruleCount(scope: Scope, bus: string): number {
    return this.#rulesOfBus.get(busKey(scope, bus))?.size ?? 0;
  }

  /** Creates a bus and its log. Undefined when the name is taken. */
  async createBus(bus: Omit<EventBus, 'log' | 'arn'>): Promise<EventBus | undefined> {
    const document: EventBus = {
      ...bus,
      arn: eventBusArn(bus.region, bus.account, bus.name),
      log: `${bus.account}.${bus.region}.${this.#random.uuid()}`,
    };
    // The log first: a bus without a log could lose events, a log without a bus is only swept up at the next start.
    await this.#storage.log.create(document.log);
    const created = await this.#write({
      kind: BUS,
      key: busKey(bus, bus.name),
      value: document,
      expect: 'absent',
    });
    if (created) return document;
    await this.#storage.log.drop(document.log);
    return undefined;
  }

  /** False when somebody else changed the bus since `expect`. */
  putBus(bus: EventBus, expect: Expectation): Promise<boolean> {
    return this.#write({ kind: BUS, key: busKey(bus, bus.name), value: bus, expect });
  }

  removeBus(bus: EventBus, expect: Expectation): Promise<boolean> {
    return this.#write({ kind: BUS, key: busKey(bus, bus.name), remove: true, expect });
  }

  putRule(rule: Rule, expect: Expectation): Promise<boolean> {
    return this.#write({ kind: RULE, key: ruleKey(rule, rule.bus, rule.name), value: rule, expect });
  }

  removeRule(rule: Rule, expect: Expectation): Promise<boolean> {
    return this.#write({ kind: RULE, key: ruleKey(rule, rule.bus, rule.name), remove: true, expect });
  }

  /** Where the bus's log will go on: a new rule sees events from here. */
  async headOf(bus: EventBus): Promise<bigint> {
    const state: LogState = await this.#storage.log.create(bus.log);
    return state.next;
  }

  async #write(write: CatalogWrite): Promise<boolean> {
    const [result] = await this.#storage.catalog.write([write]);
    if (!result?.ok) return false;
    this.#apply({
      kind: write.kind,
      key: write.key,
      version: result.version,
      value: 'remove' in write ? undefined : write.value,
    });
    return true;
  }

  #createDefault(scope: Scope): Promise<EventBus> {
    const key = busKey(scope, DEFAULT_BUS);
    let creating = this.#creatingDefault.get(key);
    if (!creating) {
      creating = this.#createDefaultOnce(scope).finally(() => this.#creatingDefault.delete(key));
      this.#creatingDefault.set(key, creating);
    }
    return creating;
  }

  async #createDefaultOnce(scope: Scope): Promise<EventBus> {
    const scopes = [...this.#buses.values()].filter(({ document }) => document.name === DEFAULT_BUS).length;
    if (scopes + this.#creatingDefault.size >= limits.scopes) throw limitExceeded();
    const now = this.#clock.now();
    const created = await this.createBus({
      account: scope.account,
      region: scope.region,
      name: DEFAULT_BUS,
      createdAt: now,
      modifiedAt: now,
      tags: [],
    });
    const bus = created ?? this.bus(scope, DEFAULT_BUS)?.document;
    if (!bus) throw internalError('the default bus was removed while it was created');
    return bus;
  }

  #apply(entry: CatalogEntry): void {
    if (entry.kind === BUS) this.#applyBus(entry);
    else if (entry.kind === RULE) this.#applyRule(entry);
  }

  #applyBus(entry: CatalogEntry): void {
    const before = this.#buses.get(entry.key);
    // Our own writes come back through `watch`: older or equal versions are old news.
    if (before && entry.version <= before.version) return;
    if (entry.value === undefined) {
      if (!before) return;
      this.#buses.delete(entry.key);
      this.#tell({ kind: 'bus', bus: before.document, removed: true });
      return;
    }
    const document = entry.value as EventBus;
    this.#buses.set(entry.key, { document, version: entry.version });
    this.#tell({ kind: 'bus', bus: document, removed: false });
  }

  #applyRule(entry: CatalogEntry): void {
    const slash = entry.key.lastIndexOf('/');
    const ofBus = entry.key.slice(0, slash);
    const name = entry.key.slice(slash + 1);
    const rules = this.#rulesOfBus.get(ofBus) ?? new Map<string, Versioned<Rule>>();
    const before = rules.get(name);
    if (before && entry.version <= before.version) return;
    if (entry.value === undefined) {
      if (!before) return;
      rules.delete(name);
      if (rules.size === 0) this.#rulesOfBus.delete(ofBus);
      this.#tell({ kind: 'rule', rule: before.document, removed: true });
      return;
    }
    const document = entry.value as Rule;
    rules.set(name, { document, version: entry.version });
    this.#rulesOfBus.set(ofBus, rules);
    this.#tell({ kind: 'rule', rule: document, removed: false });
  }

  #tell(change: CatalogChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** The answer when a compare-and-set lost against another writer. */
export const concurrentModification = (): ApiError =>
  new ApiError(
    'ConcurrentModificationException',
    'The resource was modified by another request. Please try again.',
  );
