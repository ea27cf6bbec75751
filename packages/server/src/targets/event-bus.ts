import type { DocumentedConnector, SessionContext, TargetSession } from '../engine/ports/connector.ts';
import type { EventForwarder } from '../engine/ports/event-forwarder.ts';
import type { Arn } from '../model/arn.ts';
import { limits } from '../model/limits.ts';
import type { TargetSettings } from '../model/resources.ts';
import { untilAborted } from './abortable.ts';
import { foreignBlock } from './parameter-blocks.ts';

const NAME = /^event-bus\/[/.\-_A-Za-z0-9]+$/;

/** Another event bus: the engine appends to its log, under its policy and the hop rules. */
export function eventBusTarget(forwarder: EventForwarder): DocumentedConnector {
  return {
    kind: 'event-bus',
    description: 'Another event bus, of this or another account or region.',
    docs: {
      title: 'Event bus',
      arnForm: 'arn:aws:events:<region>:<account>:event-bus/<name>',
      arnExample: 'arn:aws:events:us-east-1:000000000000:event-bus/audit',
      testedAgainst: 'the engine and its log, on the memory store',
    },
    parameters: { block: undefined, fields: [] },
    accepts: (arn) => arn.service === 'events' && arn.resource.startsWith('event-bus/'),
    check: checkEventBusTarget,
    open: (arn, _target, context) => openSession(forwarder, arn, context),
  };
}

function checkEventBusTarget(arn: Arn, target: TargetSettings): string | undefined {
  if (!NAME.test(arn.resource) || arn.account === '' || arn.region === '') {
    return `Parameter ${arn.text} is not valid. Reason: Provided Arn is not in correct format.`;
  }
  return foreignBlock(target, undefined);
}

function openSession(forwarder: EventForwarder, arn: Arn, context: SessionContext): TargetSession {
  return {
    maxBatch: limits.eventBusTargetBatch,
    maxConcurrency: limits.eventBusTargetSends,
    send: (batch, signal) => untilAborted(batch.length, signal, () => forwarder.forward(arn, batch, context)),
    close: async () => undefined,
  };
}
