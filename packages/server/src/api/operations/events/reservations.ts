import { limitExceeded } from '../../../model/errors.ts';

/** Counts what is being created at the moment, so that requests at the same time cannot exceed a quota together. */
export class Reservations {
  readonly #counts = new Map<string, number>();

  /**
   * Takes one place.
   *
   * @param present how many there are already.
   * @returns gives the place back; to be called once the creation has become visible or has failed.
   * @throws ApiError `LimitExceededException` when the quota is used up.
   */
  reserve(key: string, present: number, quota: number): () => void {
    const reserved = this.#counts.get(key) ?? 0;
    if (present + reserved >= quota) throw limitExceeded();
    this.#counts.set(key, reserved + 1);
    return () => {
      const left = this.#counts.get(key)! - 1;
      if (left > 0) this.#counts.set(key, left);
      else this.#counts.delete(key);
    };
  }
}
