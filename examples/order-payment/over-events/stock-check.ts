// Written last. The other services have not changed by a letter.
import { consume } from './consumer.ts';

await consume({ service: 'stock-check', done: ({ id, item }) => `${id} counted: one ${item} less` });
