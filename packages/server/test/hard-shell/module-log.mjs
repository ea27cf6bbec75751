// Preloaded into a daemon: writes the address of every module that it loads into the file that BUSBAR_MODULE_LOG names.
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const file = process.env.BUSBAR_MODULE_LOG;
// Set for every process of a test run, and for the daemons alone that have a log.
if (file !== undefined) {
  registerHooks({
    load(url, context, next) {
      appendFileSync(file, `${url}\n`);
      return next(url, context);
    },
  });
}
