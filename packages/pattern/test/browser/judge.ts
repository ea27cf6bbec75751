// Judges the rows of the case files with nothing but the package: runs in a browser and in a bare JavaScript context.
import { createMatcher, explain, matchesPattern, parsePattern, PatternError } from '../../src/index.ts';
import type { CaseRow } from '../case-file.ts';

export interface Judgement {
  readonly checked: number;
  /** Names of rows that came out otherwise than they should. */
  readonly wrong: readonly string[];
}

export function judge(rows: readonly CaseRow[]): Judgement {
  const wrong = rows.filter((row) => !holds(row)).map(({ name }) => name);
  return { checked: rows.length, wrong };
}

function holds({ pattern, event = '', match, error }: CaseRow): boolean {
  if (error !== undefined) return reasonOf(pattern) === error;
  const matcher = createMatcher<string>();
  matcher.add('it', pattern);
  const bytes = new TextEncoder().encode(event);
  return (
    matchesPattern(pattern, event) === match &&
    (matcher.match(event).length === 1) === match &&
    (matcher.match(bytes).length === 1) === match &&
    explain(pattern, event).matched === match
  );
}

function reasonOf(pattern: string): string | undefined {
  try {
    parsePattern(pattern);
    return undefined;
  } catch (error) {
    return error instanceof PatternError ? error.reason : String(error);
  }
}
