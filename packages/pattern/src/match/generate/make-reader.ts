/** Turns the source of a reader into a function, where that is allowed. */
import type { EventScanner, Reader } from '../event-scanner.ts';
import { passDigits, passScalar, passShortText } from '../pass.ts';
import type { PathNode } from '../path-trie.ts';
import { ReaderSource } from './reader-source.ts';

type Maker = (...of: unknown[]) => Reader;

/** Asking again where it was refused would only fill reports. */
let forbidden = false;

/** A reader for the scanner; null if it would be too large, or if functions must not be made from text. */
export function makeReader(scanner: EventScanner, root: PathNode): Reader | null {
  if (forbidden) return null;
  const { text, constants } = new ReaderSource(root, scanner.contract);
  if (text === null) return null;
  try {
    // No text of a pattern or an event is part of the source; see there.
    // oxlint-disable-next-line typescript/no-implied-eval
    const maker = new Function('S', 'T', 'P', 'Q', 'D', 'C', text) as Maker;
    return maker(scanner, scanner.cursor, passScalar, passShortText, passDigits, constants);
  } catch (error) {
    forbidden ||= error instanceof EvalError;
    return null;
  }
}
