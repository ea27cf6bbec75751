import type { EventValue } from '../event-value.ts';
import type { Condition, Reach } from './operator.ts';

/** Numbers between two bounds, which may be infinite. It is what says how such numbers are found, too. */
export class NumberRange implements Condition {
  readonly low: number;
  readonly high: number;
  readonly openLow: boolean;
  readonly openHigh: boolean;

  constructor(low: number, high: number, openLow = false, openHigh = false) {
    this.low = low;
    this.high = high;
    this.openLow = openLow;
    this.openHigh = openHigh;
  }

  get operator(): string {
    return 'numeric';
  }

  get by(): 'range' {
    return 'range';
  }

  get reach(): Reach {
    return this;
  }

  get key(): string {
    return this.describe();
  }

  get comparesWith(): null {
    return null;
  }

  test({ number }: EventValue): boolean {
    return typeof number === 'number' && this.holds(number);
  }

  /** Whether a number lies within. */
  holds(number: number): boolean {
    const { low, high } = this;
    return (this.openLow ? number > low : number >= low) && (this.openHigh ? number < high : number <= high);
  }

  describe(): string {
    const { low, high, openLow, openHigh } = this;
    if (low === high) return `a number equal to ${low}`;
    const bounds: string[] = [];
    if (Number.isFinite(low)) bounds.push(`${openLow ? '>' : '>='} ${low}`);
    if (Number.isFinite(high)) bounds.push(`${openHigh ? '<' : '<='} ${high}`);
    return `a number ${bounds.join(' and ')}`;
  }
}
