import { targetSuite, type TargetSuite } from '../target-suite.ts';
import { openTargetWorld, type Flavour } from './destination-world.ts';
import type { Got } from './peer.ts';

const KEY = 'hunter2-key-wJalrXUtnFEMI';
const WEBHOOK_SECRET = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const eventIdOf = (got: Got): string => (JSON.parse(got.body) as { id: string }).id;

const flavours: Readonly<Record<string, Flavour>> = {
  'an API key and secret parameters': {
    credentials: {
      authorizationType: 'API_KEY',
      parameters: {
        ApiKeyAuthParameters: { ApiKeyName: 'X-Key', ApiKeyValue: KEY },
        InvocationHttpParameters: {
          HeaderParameters: [{ Key: 'X-Pin', Value: 'pin "quoted"', IsValueSecret: true }],
          QueryStringParameters: [{ Key: 'pin', Value: 'pin&encoded', IsValueSecret: true }],
        },
      },
    },
    secrets: [KEY, 'quoted', 'pin&encoded', 'pin%26encoded'],
    repeatKey: 'eventId',
    idOf: eventIdOf,
  },
  'basic credentials': {
    credentials: {
      authorizationType: 'BASIC',
      parameters: { BasicAuthParameters: { Username: 'me', Password: KEY } },
    },
    secrets: [KEY, Buffer.from(`me:${KEY}`).toString('base64')],
    repeatKey: 'eventId',
    idOf: eventIdOf,
  },
  'signed webhooks': {
    credentials: {
      authorizationType: 'API_KEY',
      parameters: {
        ApiKeyAuthParameters: {
          ApiKeyName: 'Webhook-Signature',
          ApiKeyValue: `whsec_${WEBHOOK_SECRET}`,
        },
      },
    },
    secrets: [WEBHOOK_SECRET],
    repeatKey: 'deliveryId',
    idOf: ({ headers }) => String(headers['webhook-id']),
  },
};

const ONE_A_REQUEST = 'one delivery a request: no batch can fail in part';

for (const [name, flavour] of Object.entries(flavours)) {
  const suite: TargetSuite = {
    name: `API destination with ${name}`,
    open: () => openTargetWorld(flavour),
    peerCases: ['connection refused', 'malformed reply', 'slow peer', 'credentials never told'],
    skips: {
      'oversized payload': 'what is too large is up to the endpoint',
      'partial failure': ONE_A_REQUEST,
    },
  };
  targetSuite(suite);
}
