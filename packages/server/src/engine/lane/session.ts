import type { OutgoingDelivery, SendOutcome, TargetConnector, TargetSession } from '../ports/connector.ts';
import type { Logger } from '../ports/logger.ts';
import type { Subscription } from '../route/subscription.ts';

const FAILING_BATCH = 64;

/** Stands in for a target that cannot be opened: every delivery gets the same answer. */
function failingSession(outcome: SendOutcome): TargetSession {
  return {
    maxBatch: FAILING_BATCH,
    maxConcurrency: 1,
    send: (batch: readonly OutgoingDelivery[]) => Promise.resolve(batch.map(() => outcome)),
    close: () => Promise.resolve(),
  };
}

/** Opens the way to a subscription's target. A target that nothing serves rejects, a connector that throws is tried again. */
export function openSession(
  connectors: readonly TargetConnector[],
  subscription: Subscription,
  logger: Logger,
): TargetSession {
  const { arn, target } = subscription;
  const connector = arn && connectors.find((candidate) => candidate.accepts(arn));
  if (!arn || !connector) {
    const reason = `No target connector serves ${target.Arn}.`;
    return failingSession({ status: 'reject', code: 'NO_RESOURCE', reason });
  }
  try {
    return connector.open(arn, target, subscription.context);
  } catch (error) {
    logger.error({ err: error, target: target.Arn }, 'a target could not be opened');
    return failingSession({
      status: 'retry',
      code: 'INTERNAL_ERROR',
      reason: 'The target could not be opened.',
    });
  }
}

export function closeSession(session: TargetSession | undefined, logger: Logger): void {
  if (!session) return;
  session.close().catch((error: unknown) => logger.warn({ err: error }, 'a target session did not close'));
}

const MISSING: SendOutcome = {
  status: 'retry',
  code: 'INTERNAL_ERROR',
  reason: 'The target connector did not answer for this delivery.',
};

/** Brings what a session answered into shape: one outcome a delivery, whatever the connector did. */
export function outcomesOf(
  answered: readonly (SendOutcome | undefined)[] | undefined,
  count: number,
): readonly SendOutcome[] {
  const isWhole = answered?.length === count && !answered.includes(undefined);
  if (isWhole) return answered as readonly SendOutcome[];
  return Array.from({ length: count }, (_, index) => answered?.[index] ?? MISSING);
}
