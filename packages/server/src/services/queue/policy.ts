import { evaluatePolicy } from '../../engine/policy/index.ts';
import type { QueueSendSource } from '../../engine/ports/queue-sender.ts';
import { limits } from '../../model/limits.ts';
import type { Queue } from './catalog.ts';

/**
 * Whether a service may send to a queue on behalf of a rule. A queue without a policy takes everything: Busbar runs
 * without roles, so that asking for a policy first would only be in the way. A policy with statements is obeyed to the
 * letter (`docs/decisions/0005-queue-permissions.md`). Decisions are remembered for one version of the queue.
 */
export function mayServiceSend(queue: Queue, source: QueueSendSource): boolean {
  const { policy } = queue.settings;
  if (policy === undefined) return true;
  const key = `${source.account} ${source.sourceArn}`;
  const remembered = queue.decisions.get(key);
  if (remembered !== undefined) return remembered;
  const allowed = evaluateFor(queue, policy, source);
  if (queue.decisions.size >= limits.queuePolicyDecisions) queue.decisions.clear();
  queue.decisions.set(key, allowed);
  return allowed;
}

function evaluateFor(queue: Queue, policy: string, source: QueueSendSource): boolean {
  const verdict = evaluatePolicy(policy, {
    principalAccount: source.account,
    principalArn: source.service,
    action: 'sqs:SendMessage',
    resource: queue.document.arn,
    context: { 'aws:SourceArn': source.sourceArn, 'aws:SourceAccount': source.account },
  });
  return verdict === 'allow';
}
