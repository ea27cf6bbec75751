import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** The fenced blocks of a page of the documentation, in order. */
export function codeBlocks(page: string): { readonly language: string; readonly text: string }[] {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8');
  const blocks = text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, language, code]) => ({ language: language!, text: code! }));
}
