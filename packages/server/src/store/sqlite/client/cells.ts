import type { Cell, Cells } from '../wire.ts';

/** A document as JSON text; null when there is none. */
export function toText(document: unknown): string | null {
  return (JSON.stringify(document) as string | undefined) ?? null;
}

export function fromText(text: Cell): unknown {
  return text === null ? undefined : (JSON.parse(text as string) as unknown);
}

/** The rows that stand one behind the other in `cells`, decoded. */
export function rowsOf<Value>(
  cells: Cells,
  width: number,
  decode: (cells: Cells, at: number) => Value,
): Value[] {
  const rows: Value[] = [];
  for (let at = 0; at < cells.length; at += width) rows.push(decode(cells, at));
  return rows;
}

/**
 * Times are whole milliseconds in the file. Rounded up, so that nothing happens before its time. Throws for what is no
 * time: call it before a shared operation is joined, so that a caller's mistake fails that caller only.
 */
export function wholeMs(time: number): number {
  if (!Number.isFinite(time)) throw new TypeError(`${time} is not a time`);
  return Math.ceil(time);
}

/** Text that may be absent. */
export const optionalText = (cell: Cell): string | undefined =>
  cell === null ? undefined : (cell as string);
