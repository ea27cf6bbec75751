import { createRequire } from 'node:module';

const manifest = createRequire(import.meta.url)('../package.json') as { version: string };

/** The version of this Busbar, from its package manifest. */
export const version: string = manifest.version;
