import type { OutgoingDelivery, TargetConnector } from '../../../src/engine/ports/connector.ts';
import type { Arrived, TargetCase, TargetWorld } from '../target-suite.ts';
import type { AwsSide } from './aws-side.ts';
import { startBetween, type Answer } from './between.ts';
import { clientFor, connectorFor, KEY } from './targets.ts';

/** How one service of moto is set up and read back. Every world has a resource of its own. */
export interface MotoService {
  readonly name: string;
  readonly entry: string;
  readonly arnOf: (name: string) => string;
  readonly create: (name: string) => Promise<unknown>;
  /** The payloads that arrived, in order. */
  readonly read: (name: string) => Promise<string[]>;
  readonly refusal: Answer;
  readonly oversized?: string;
  /** Makes the suite's deliveries such that moto takes them. */
  readonly adapt?: (delivery: OutgoingDelivery) => OutgoingDelivery;
  readonly skips?: Readonly<Partial<Record<TargetCase, string>>>;
}

const json = (type: string, message: string): Answer => ({
  status: 400,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify({ __type: `com.amazonaws.test#${type}`, message }),
});

export const REFUSAL = json('AccessDeniedException', 'User: busbar is not authorized to perform this.');
/** A payload beyond what any of these services takes. */
export const OVERSIZED = JSON.stringify('x'.repeat(1_100_000));

const idOf = (payload: string): string => (JSON.parse(payload) as { id?: string }).id ?? '';

let created = 0;

/** Opens worlds of a service: each has a resource of its own. */
export function motoWorlds(sideOf: () => AwsSide, service: MotoService): () => Promise<TargetWorld> {
  return async () => {
    const side = sideOf();
    const name = `orders-${++created}`;
    await service.create(name);
    const between = await startBetween(side.url);
    const http = clientFor();
    const services = { [service.entry]: { url: between.url, ...KEY } };
    const arn = service.arnOf(name);
    return {
      connector: adapted(connectorFor(arn, services, http), service),
      arn,
      missingArn: service.arnOf('nobody'),
      repeatKey: 'eventId',
      ...(service.oversized ? { oversized: service.oversized, unacceptable: service.oversized } : {}),
      arrived: async () =>
        (await service.read(name)).map((payload): Arrived => ({ id: idOf(payload), payload })),
      failForNow: (secret) =>
        between.answerWith({
          status: 500,
          body: JSON.stringify({ __type: 'InternalFailure', message: secret }),
        }),
      refuse: async () => between.answerWith(service.refusal),
      hold: () => between.hold(),
      shutDown: () => http.close(),
      async close() {
        await http.close();
        await between.close();
      },
    };
  };
}

function adapted(connector: TargetConnector, { adapt }: MotoService): TargetConnector {
  if (!adapt) return connector;
  const open: TargetConnector['open'] = (...given) => {
    const session = connector.open(...given);
    return { ...session, send: (batch, signal) => session.send(batch.map(adapt), signal) };
  };
  // The suite looks for the connector itself.
  return { ...connector, open };
}
