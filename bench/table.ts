export type Cell = string | number;

const text = (cell: Cell): string =>
  typeof cell === 'number'
    ? cell.toLocaleString('en-US', { maximumFractionDigits: cell < 10 ? 2 : 0 })
    : cell;

/** Prints a Markdown table, numbers to the right. */
export function printTable(title: string, head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const body = rows.map((row) => row.map(text));
  const widths = head.map((name, column) => Math.max(name.length, ...body.map((row) => row[column]!.length)));
  const numeric = head.map((_, column) => rows.every((row) => typeof row[column] === 'number'));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (numeric[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join(' | ')} |`;
  console.log(`\n## ${title}\n`);
  console.log(line(head));
  console.log(
    `| ${widths.map((width, i) => (numeric[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`,
  );
  for (const row of body) console.log(line(row));
}

/** A share as text: `0.73×`. */
export const ratio = (value: number, of: number): string => `${(value / of).toFixed(2)}×`;

/** The value below which `share` of the sorted-on-the-fly samples lie. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
