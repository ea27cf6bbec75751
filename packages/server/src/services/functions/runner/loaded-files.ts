import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { say } from './say.ts';

/** Tells the daemon which files the function's code consists of, so that a change of one starts it anew. */
export function followFiles(): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url.startsWith('file:') && !url.includes('/node_modules/')) {
        say({ kind: 'files', files: [fileURLToPath(url)] });
      }
      return loaded;
    },
  });
}
