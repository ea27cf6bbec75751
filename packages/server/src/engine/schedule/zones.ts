import { limits } from '../../model/limits.ts';
import { Zone } from './zone.ts';

/** Time zones by name, each made once. Names count in either case, so their number is bounded here. */
export class Zones {
  readonly #known = new Map<string, Zone>();

  /** @returns undefined when there is no such zone. */
  get(name: string): Zone | undefined {
    const known = this.#known.get(name);
    if (known) return known;
    const zone = Zone.named(name);
    if (!zone) return undefined;
    if (this.#known.size >= limits.zones) this.#known.clear();
    this.#known.set(name, zone);
    return zone;
  }
}
