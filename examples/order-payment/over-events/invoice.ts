import { consume } from './consumer.ts';

await consume({ service: 'invoice', done: ({ id, total }) => `${id} invoiced: $${total}` });
