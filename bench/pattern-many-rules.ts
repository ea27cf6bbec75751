// Rules by the thousand on one field, and rules over many paths.

/** A way to fill a matcher; `patterns` is called once the row is measured, so that memory is not kept for all. */
export interface ManyRules {
  readonly name: string;
  readonly patterns: () => string[];
}

const series = (count: number, pattern: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => pattern(index));

const lot = (condition: string): string => `{"properties":{"MAPBLKLOT":[${condition}]}}`;
const wide = (index: number): string => String((index * 7919) % 10_000_000).padStart(7, '0');

/** Ranges that tile the longitudes, so that one of them holds, or ten where they overlap. */
function range(index: number, count: number): string {
  const step = 0.1428 / count;
  const low = -122.5129 + index * step;
  const high = low + step * (index % 2 === 0 ? 1 : 10);
  return `{"geometry":{"firstCoordinates":{"x":[{"numeric":[">=",${low.toFixed(9)},"<",${high.toFixed(9)}]}]}}}`;
}

export function* manyRules(): Generator<ManyRules> {
  for (const count of [1000, 10_000, 100_000]) {
    yield { name: `exact ${count}`, patterns: () => series(count, (i) => lot(`"${wide(i)}"`)) };
  }
  for (const count of [1000, 10_000]) {
    yield {
      name: `prefix ${count}`,
      patterns: () => series(count, (i) => lot(`{"prefix":"${wide(i).slice(0, 3 + (i % 4))}"}`)),
    };
    yield { name: `range ${count}`, patterns: () => series(count, (i) => range(i, count)) };
    yield {
      name: `wildcard PRE*SUF ${count}`,
      patterns: () => series(count, (i) => lot(`{"wildcard":"${wide(i).slice(0, 4)}*${i % 1000}"}`)),
    };
    yield {
      name: `wildcard *MID* ${count}`,
      patterns: () => series(count, (i) => lot(`{"wildcard":"*${wide(i).slice(1, 6)}*"}`)),
    };
    yield {
      name: `anything-but ${count}`,
      patterns: () =>
        series(count, (i) => {
          return `{"properties":{"BLKLOT":["x"],"MAPBLKLOT":[{"anything-but":"${wide(i)}"}]}}`;
        }),
    };
  }
  yield { name: 'range 100000', patterns: () => series(100_000, (i) => range(i, 100_000)) };
  yield {
    name: 'exact over 1,000 paths 100000',
    patterns: () =>
      series(100_000, (i) => `{"properties":{"MAPBLKLOT":["${wide(i)}"],"f${i % 1000}":["v"]}}`),
  };
}
