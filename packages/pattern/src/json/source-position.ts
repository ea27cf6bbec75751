import { MAX_QUOTED_SOURCE } from '../limits.ts';

/** A place in a pattern text: 1-based line and column. */
export interface SourcePosition {
  line: number;
  column: number;
}

/** Line and column of the character at `offset`. `\n`, `\r` and `\r\n` each end one line. */
export function positionAt(text: string, offset: number): SourcePosition {
  let line = 1;
  let lineStart = 0;
  for (let i = 0; i < offset; i++) {
    const c = text.charCodeAt(i);
    if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) {
      line++;
      lineStart = i + 1;
    }
  }
  return { line, column: offset - lineStart + 1 };
}

/** The bracketed position that EventBridge appends to a reason, quoting at most 500 characters of the pattern. */
export function renderPosition(text: string, position: SourcePosition): string {
  const hidden = text.length - MAX_QUOTED_SOURCE;
  const quoted =
    hidden > 0 ? `"${text.slice(0, MAX_QUOTED_SOURCE)}"[truncated ${hidden} chars]` : `"${text}"`;
  return `[Source: (String)${quoted}; line: ${position.line}, column: ${position.column}]`;
}
