import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

/** The folder of the package: all that a browser gets to see. */
export const PACKAGE = join(import.meta.dirname, '../..');

/** A source of the package as JavaScript: its types are blanked out, nothing else is done to it. */
export const scriptOf = (path: string): string => stripTypeScriptTypes(readFileSync(path, 'utf8'));
