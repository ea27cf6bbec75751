// The suites of the sources once more, on the module as it is released.
import './released-module.ts';

for (const suite of ['case-files', 'contracts', 'explain', 'many-ranges'])
  // oxlint-disable-next-line no-await-in-loop
  await import(`./${suite}.test.ts`);
