/**
 * What a matcher may take for granted about events, and hence how much of them it reads.
 *
 * - `scan`: of repeated names every value counts. Where no further value can follow, the event is not read to its end, and
 *   what is not JSON may go unnoticed there.
 * - `trusted`: the event is known to be JSON and to hold no path twice. Reading stops once all paths have been seen.
 * - `strict`: the syntax of the whole event is checked.
 */
export type Contract = 'scan' | 'trusted' | 'strict';
