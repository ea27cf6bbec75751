import { setImmediate as soon } from 'node:timers';
import { formatArn } from '../../model/arn.ts';
import type { Archive } from '../../model/archive.ts';
import { limits } from '../../model/limits.ts';
import type { EventBus, Rule, Scope } from '../../model/resources.ts';
import type { Catalog, Versioned } from '../catalog.ts';
import type { GaugeValue } from '../exposition.ts';
import type { ArchiveStats, ArchiveStore } from '../ports/archive-storage.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Storage } from '../ports/storage.ts';
import { ScopedDocuments } from '../scoped-documents.ts';
import { archiveOfRule, archiveRule, archiveRuleName, archiveRulePattern } from './managed-rule.ts';

/*
 * An archive is three things: its document, its part of the store, and a rule on its bus whose target is that part
 * (`managed-rule.ts`, `capture.ts`). The document says what there is: it is written last when an archive is made, and
 * removed first when it is deleted. What a crash leaves without its document is removed at the next start. A rule that somebody
 * took away by force stays away: the archive keeps what it has, and gets no more.
 */

export interface ArchivesParts {
  readonly storage: Pick<Storage, 'archives' | 'catalog'>;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly random: Random;
}

/** What an archive can be made with, and what can be changed. */
export type ArchiveSettings = Pick<
  Archive,
  'description' | 'eventPattern' | 'retentionDays' | 'kmsKeyIdentifier'
>;

/** Why an archive was not made. */
export type NotMade = 'name-taken' | 'rule-taken' | 'bus-gone';

const MS_PER_DAY = 86_400_000;
const NOTHING: ArchiveStats = { events: 0, bytes: 0, oldest: undefined, newest: undefined };

const keyOf = ({ account, region }: Scope, name: string): string => `${account}/${region}/${name}`;

export class Archives {
  readonly documents: ScopedDocuments<Archive>;
  readonly #parts: ArchivesParts;
  readonly #store: ArchiveStore;
  /** Names that are being made or removed: between document, rule and store nothing else may get in. */
  readonly #underWay = new Set<string>();

  private constructor(parts: ArchivesParts, documents: ScopedDocuments<Archive>) {
    this.#parts = parts;
    this.#store = parts.storage.archives;
    this.documents = documents;
  }

  static async open(parts: ArchivesParts): Promise<Archives> {
    return new Archives(parts, await ScopedDocuments.open<Archive>(parts.storage.catalog, 'archive'));
  }

  /** Completes or removes what a crash left half done. To be called before the logs are routed. */
  async recall(): Promise<void> {
    const wanted = new Set(this.documents.all().map(({ uid }) => uid));
    const kept = new Set(await this.#store.list());
    for (const uid of wanted.difference(kept)) await this.#store.create(uid);
    for (const uid of kept.difference(wanted)) await this.#store.drop(uid);
    const { catalog } = this.#parts;
    for (const bus of catalog.allBuses()) {
      for (const { document: rule, version } of catalog.rules(bus, bus.name)) {
        const name = archiveOfRule(rule);
        if (name === undefined) continue;
        const archive = this.documents.get(rule, name)?.document;
        if (archive?.bus === rule.bus) await this.#follow(archive);
        else await catalog.removeRule(rule, version);
      }
    }
  }

  close(): void {
    this.documents.close();
  }

  ofUid(uid: string): Archive | undefined {
    return this.documents.all().find((archive) => archive.uid === uid);
  }

  /** How much an archive holds: exact, and as of now. */
  async stats({ uid }: Archive): Promise<ArchiveStats> {
    return (await this.#store.stats(uid)) ?? NOTHING;
  }

  /** The same of all of them, as a gauge shows it. */
  async amounts(which: 'events' | 'bytes'): Promise<GaugeValue[]> {
    const shown = this.documents.all().slice(0, limits.metricSeries);
    const values = shown.map(async (archive) => {
      const { account, region, name } = archive;
      const stats = await this.stats(archive);
      return { labels: { account, region, archive: name }, value: stats[which] };
    });
    return Promise.all(values);
  }

  /** Makes an archive, which gets the events that come from here on. */
  async create(bus: EventBus, name: string, settings: ArchiveSettings): Promise<Archive | NotMade> {
    const { account, region } = bus;
    const key = keyOf(bus, name);
    if (this.#underWay.has(key) || this.documents.get(bus, name)) return 'name-taken';
    this.#underWay.add(key);
    try {
      return await this.#make(bus, {
        ...settings,
        account,
        region,
        name,
        uid: this.#parts.random.uuid(),
        arn: formatArn('events', region, account, `archive/${name}`),
        bus: bus.name,
        sourceArn: bus.arn,
        createdAt: this.#parts.clock.now(),
      });
    } finally {
      this.#underWay.delete(key);
    }
  }

  /** False when somebody else changed the archive meanwhile. A new pattern counts for the events that come from here on. */
  async update({ document, version }: Versioned<Archive>, settings: ArchiveSettings): Promise<boolean> {
    if (!(await this.documents.put({ ...document, ...settings }, version))) return false;
    await this.#follow(document);
    return true;
  }

  /** Removes an archive with everything that it holds. False when somebody else changed it meanwhile. */
  async remove({ document, version }: Versioned<Archive>): Promise<boolean> {
    const key = keyOf(document, document.name);
    if (this.#underWay.has(key)) return false;
    this.#underWay.add(key);
    try {
      if (!(await this.documents.remove(document, version))) return false;
      await this.#clear(document);
      return true;
    } finally {
      this.#underWay.delete(key);
    }
  }

  /** Removes events that are older than their archive's retention, in small steps. */
  async trim(isOver: () => boolean): Promise<void> {
    for (const { uid, retentionDays } of this.documents.all()) {
      if (retentionDays === 0) continue;
      const before = this.#parts.clock.now() - retentionDays * MS_PER_DAY;
      while (!isOver()) {
        const removed = await this.#store.trim(uid, before, limits.archiveTrimEvents);
        if (removed < limits.archiveTrimEvents) break;
        // Publishers' appends go in between.
        await new Promise<void>((resolve) => soon(resolve));
      }
    }
  }

  async #make(bus: EventBus, archive: Archive): Promise<Archive | NotMade> {
    const { catalog, random } = this.#parts;
    const found = this.#ruleOf(archive);
    // One that is managed was left behind by a failure of the store: its document is not there.
    if (found && archiveOfRule(found.document) === undefined) return 'rule-taken';
    await this.#store.create(archive.uid);
    const since = String(await catalog.headOf(bus));
    const rule = archiveRule(archive, { uid: random.uuid(), since });
    if (!(await catalog.putRule(rule, found?.version ?? 'absent'))) {
      await this.#store.drop(archive.uid);
      return 'rule-taken';
    }
    const made = await this.documents.put(archive, 'absent');
    // A deletion of the bus that saw no rule on it has come to light by now.
    const hasBus = catalog.bus(bus, bus.name)?.document.log === bus.log;
    if (made && hasBus) return archive;
    if (made) await this.documents.remove(archive, undefined);
    await this.#clear(archive);
    return made ? 'bus-gone' : 'name-taken';
  }

  /** Removes what belongs to an archive without a document. */
  async #clear(archive: Archive): Promise<void> {
    const found = this.#ruleOf(archive);
    if (found && archiveOfRule(found.document) !== undefined) {
      await this.#parts.catalog.removeRule(found.document, undefined);
    }
    await this.#store.drop(archive.uid);
  }

  /** Gives the rule the pattern that the archive has by now. */
  async #follow(archive: Archive): Promise<void> {
    for (let tries = 0; tries < limits.catalogWriteAttempts; tries++) {
      const found = this.#ruleOf(archive);
      const present = this.documents.get(archive, archive.name)?.document;
      if (!found || !present || archiveOfRule(found.document) === undefined) return;
      const eventPattern = archiveRulePattern(present.eventPattern);
      if (eventPattern === found.document.eventPattern) return;
      if (await this.#parts.catalog.putRule({ ...found.document, eventPattern }, found.version)) return;
    }
  }

  #ruleOf(archive: Archive): Versioned<Rule> | undefined {
    return this.#parts.catalog.rule(archive, archive.bus, archiveRuleName(archive.name));
  }
}
