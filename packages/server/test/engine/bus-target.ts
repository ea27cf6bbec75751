import { parseArn, type Arn } from '../../src/model/arn.ts';
import type { TargetConnector } from '../../src/engine/ports/connector.ts';
import type { EventForwarder } from '../../src/engine/ports/event-forwarder.ts';

export const parse = (text: string): Arn => parseArn(text)!;

/** A bus as a target, for tests of the forwarder inside the engine. */
export function busTarget(forwarder: EventForwarder): TargetConnector {
  return {
    accepts: (arn) => arn.service === 'events',
    check: () => undefined,
    open: (arn, _target, context) => ({
      maxBatch: 10,
      maxConcurrency: 2,
      send: (batch) => forwarder.forward(arn, batch, context),
      close: () => Promise.resolve(),
    }),
  };
}
