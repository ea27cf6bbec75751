/** How many letters have to be put in, taken out, replaced or swapped with their neighbour to make `b` of `a`. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

const MAX_DISTANCE = 3;
/** Longer names are not compared: nobody types them, and the comparison grows with the product of the lengths. */
const MAX_CHARS = 256;

/** The name that was probably meant; undefined when none comes close. */
export function closest(given: string, names: Iterable<string>): string | undefined {
  const wanted = given.toLowerCase();
  // A third of the letters wrong is a typo; more is another word.
  const most = Math.min(MAX_DISTANCE, Math.max(1, Math.floor(wanted.length / 3)));
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    if (name.length > MAX_CHARS || Math.abs(name.length - wanted.length) > most) continue;
    const distance = editDistance(wanted, name.toLowerCase());
    if (distance <= most && (!best || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

/** `; did you mean …?` in backquotes, or nothing. */
export function didYouMean(given: string, names: Iterable<string>, prefix = ''): string {
  const name = closest(given, names);
  return name === undefined ? '' : `; did you mean \`${prefix}${name}\`?`;
}
