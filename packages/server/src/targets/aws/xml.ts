const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** The character that a reference stands for; one that XML does not know stays as it is. */
function characterOf(reference: string, name: string): string {
  if (!name.startsWith('#')) return ENTITIES[name] ?? reference;
  const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : reference;
}

/**
 * What stands between the tags of an element, for each element of that name in an answer of the query protocol. Such
 * answers have elements without attributes, and none within another of the same name that is asked for here.
 */
export function elementsOf(xml: string, name: string): string[] {
  const found: string[] = [];
  const [open, close] = [`<${name}>`, `</${name}>`];
  for (let at = xml.indexOf(open); at >= 0; at = xml.indexOf(open, at)) {
    const end = xml.indexOf(close, at);
    if (end < 0) break;
    found.push(xml.slice(at + open.length, end));
    at = end;
  }
  return found;
}

/** The text of the first element of that name; empty when there is none. */
export function textOf(xml: string, name: string): string {
  return (elementsOf(xml, name)[0] ?? '').trim().replace(/&(#?\w{1,10});/g, characterOf);
}
