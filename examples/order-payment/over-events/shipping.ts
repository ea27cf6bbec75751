import { consume } from './consumer.ts';

await consume({ service: 'shipping', done: ({ id, item }) => `${id} shipped: one ${item}` });
