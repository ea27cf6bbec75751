import { consume } from './consumer.ts';

await consume({
  service: 'payment',
  done: ({ id, total }) => `${id} paid: $${total}`,
  // A payment is slow to finish, and so there is a moment at which it can be killed between paying and saying so.
  afterwardsMs: 300,
});
