import { readFileSync } from 'node:fs';

/** A pattern with an event, or a pattern with the error it must raise. */
export interface CaseRow {
  name: string;
  pattern: string;
  event?: string;
  match?: boolean;
  error?: string;
  line?: number;
  /** 0 where the error must name no position. */
  column?: number;
  /** How often the full text names the position. */
  positions?: number;
}

/** Pattern text, event text, and whether they match; null says that the pattern is invalid. */
export type GeneratedPair = [pattern: string, event: string, match: boolean | null];

export interface GeneratedMatrix {
  patterns: string[];
  events: string[];
  matches: number[][];
}

/** Reads `cases/<name>.json`. */
export function readCaseFile<T>(name: string): T {
  const text = readFileSync(new URL(`../cases/${name}.json`, import.meta.url), 'utf8');
  return JSON.parse(text) as T;
}

/** The rows of `cases/<name>.json`. */
export function readRows<T>(name: string): T[] {
  return readCaseFile<{ rows: T[] }>(name).rows;
}
