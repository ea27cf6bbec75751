// Events in other forms: as UTF-8 bytes, and with texts beyond Latin ones.
import { cityLots } from '../packages/pattern/test/city-lots.ts';

/** A form of events, and what it makes of the texts in patterns. */
export interface EventForm {
  readonly name: string;
  readonly texts: readonly string[];
  readonly patterns: readonly string[];
}

const CAPITALS = /[A-Z]/g;
const LETTER_A = 65;

/** Letters as Chinese characters, of three bytes each. */
const chinese = (letter: string): string => String.fromCodePoint(0x4e00 + letter.charCodeAt(0) - LETTER_A);
/** Letters as emoji, of four bytes and two UTF-16 units each. */
const emoji = (letter: string): string => String.fromCodePoint(0x1f600 + letter.charCodeAt(0) - LETTER_A);

const STREETS = ['FULTON', 'MASON', 'JEFFERSON', 'BEACH', 'HYDE'];
const CONDITIONS: readonly ((street: string) => unknown)[] = [
  (street) => street,
  (street) => ({ prefix: street.slice(0, 2) }),
  (street) => ({ suffix: street.slice(-2) }),
  (street) => ({ wildcard: `${street.slice(0, 2)}*${street.slice(-1)}` }),
  (street) => ({ 'anything-but': [street] }),
];

/** Rules of five kinds on the street. */
const patterns = STREETS.map((street, index) =>
  JSON.stringify({ properties: { STREET: [CONDITIONS[index]!(street)] } }),
);

export function eventForms(count: number): EventForm[] {
  const plain = cityLots(count);
  const respell = (name: string, spell: (letter: string) => string): EventForm => ({
    name,
    texts: plain.map((event) =>
      event.replace(/("(?:STREET|ST_TYPE)":)"([^"]*)"/g, (_, field: string, text: string) => {
        return `${field}"${text.replace(CAPITALS, spell)}"`;
      }),
    ),
    patterns: patterns.map((pattern) =>
      pattern.replace(/(?<=\[)[^\]]*/, (condition) => condition.replace(CAPITALS, spell)),
    ),
  });
  return [{ name: 'Latin', texts: plain, patterns }, respell('Chinese', chinese), respell('emoji', emoji)];
}
