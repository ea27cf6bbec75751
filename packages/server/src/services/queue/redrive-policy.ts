import { parseArn } from '../../model/arn.ts';
import type { Arn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import type { Scope } from '../../model/resources.ts';
import type { Queue } from './catalog.ts';
import { invalidParameter, invalidValue } from './errors.ts';
import { parseObject } from './json-object.ts';

/** A parsed `RedrivePolicy`. */
export interface RedrivePolicy {
  readonly deadLetterQueue: Arn;
  readonly maxReceives: number;
}

/** A parsed `RedriveAllowPolicy`: which queues may use this one for their dead letters. */
export interface RedriveAllowPolicy {
  readonly permission: 'allowAll' | 'denyAll' | 'byQueue';
  readonly sources: readonly string[];
}

/** Throws unless a text is a redrive policy by itself; `checkDeadLetterQueue` looks at the queue that it names. */
export function checkRedrivePolicy(text: string): void {
  if (text !== '') readPolicy(text);
}

/** The redrive policy of a text that was checked. */
export const parseRedrivePolicy = (text: string | undefined): RedrivePolicy | undefined =>
  text ? readPolicy(text) : undefined;

function readPolicy(text: string): RedrivePolicy {
  const invalid = (reason: string): Error => invalidValue(text, 'RedrivePolicy', reason);
  const policy = parseObject(text);
  if (!policy) throw invalid('Redrive policy is not a valid JSON map.');
  const { deadLetterTargetArn: arn, maxReceiveCount: count } = policy;
  for (const name of ['maxReceiveCount', 'deadLetterTargetArn']) {
    if (policy[name] === undefined) {
      throw invalid(`Redrive policy does not contain mandatory attribute: ${name}.`);
    }
  }
  const maxReceives = typeof count === 'string' && /^\d{1,9}$/.test(count) ? Number(count) : count;
  if (
    typeof maxReceives !== 'number' ||
    !Number.isInteger(maxReceives) ||
    maxReceives < 1 ||
    maxReceives > limits.queueMaxReceives
  ) {
    throw invalid('Invalid value for maxReceiveCount.');
  }
  const deadLetterQueue = typeof arn === 'string' ? parseArn(arn) : undefined;
  if (deadLetterQueue?.service !== 'sqs') throw invalid('Invalid value for deadLetterTargetArn.');
  return { deadLetterQueue, maxReceives };
}

/** The queue whose redrive policy is checked. */
interface RedriveSource extends Scope {
  readonly arn: string;
  readonly fifo: boolean;
}

/** Throws unless the queue that a sound redrive policy names can take the dead letters of `source`. */
export function checkDeadLetterQueue(
  text: string,
  source: RedriveSource,
  find: (arn: Arn) => Queue | undefined,
): void {
  if (text === '') return;
  const invalid = (reason: string): Error => invalidValue(text, 'RedrivePolicy', reason);
  const { deadLetterQueue: arn } = readPolicy(text);
  if (arn.region !== source.region) {
    throw invalid('Dead-letter target must be in same region as the source.');
  }
  if (arn.account !== source.account) {
    throw invalid('Dead-letter target owner should be same as the source.');
  }
  if (arn.text === source.arn) throw invalid('Dead-letter target must not be the source itself.');
  if (arn.resource.endsWith('.fifo') !== source.fifo) {
    throw invalid('Dead-letter queue must be same type of queue as the source.');
  }
  const queue = find(arn);
  if (!queue) throw invalid('Dead letter target does not exist.');
  if (!mayRedrive(queue, source.arn)) {
    throw invalid('The redrive allow policy of the dead-letter queue does not allow this queue.');
  }
}

/** Whether a queue takes the dead letters of a source. */
export function mayRedrive({ settings }: Queue, source: string): boolean {
  const { permission, sources } = settings.redriveAllow;
  return permission === 'allowAll' || (permission === 'byQueue' && sources.includes(source));
}

/** Throws unless a text is a redrive allow policy. */
export function checkRedriveAllowPolicy(text: string): void {
  if (text !== '' && !readAllowPolicy(text)) {
    throw invalidParameter(`Value ${text} for parameter RedriveAllowPolicy is invalid.`);
  }
}

const ALLOW_ALL: RedriveAllowPolicy = { permission: 'allowAll', sources: [] };

/** The redrive allow policy of a text that was checked. */
export const parseRedriveAllowPolicy = (text: string | undefined): RedriveAllowPolicy =>
  (text && readAllowPolicy(text)) || ALLOW_ALL;

function readAllowPolicy(text: string): RedriveAllowPolicy | undefined {
  const policy = parseObject(text);
  if (!policy) return undefined;
  const { redrivePermission: permission, sourceQueueArns: sources, ...others } = policy;
  if (Object.keys(others).length > 0) return undefined;
  if (permission === 'allowAll' || permission === 'denyAll') {
    return sources === undefined ? { permission, sources: [] } : undefined;
  }
  if (permission !== 'byQueue' || !Array.isArray(sources)) return undefined;
  if (sources.length < 1 || sources.length > limits.queueRedriveSources) return undefined;
  const sound = sources.every((arn) => typeof arn === 'string' && parseArn(arn)?.service === 'sqs');
  return sound ? { permission, sources: sources as string[] } : undefined;
}
