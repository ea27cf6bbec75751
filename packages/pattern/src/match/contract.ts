/**
 * What a matcher may take for granted about events, and hence how much of them it reads.
 *
 * - `scan`: all of the event is read, so that of repeated names every value counts. Where no pattern reads, only
 *   quotes and brackets are looked at, and what is not JSON may go unnoticed.
 * - `trusted`: the event is known to be JSON and to hold no path twice. Reading stops once all paths have been seen.
 * - `strict`: the syntax of the whole event is checked.
 */
export type Contract = 'scan' | 'trusted' | 'strict';
