import { isDeepStrictEqual } from 'node:util';
import { checkPolicy } from '../../engine/policy/index.ts';
import { limits } from '../../model/limits.ts';
import { invalidAttributeName, invalidAttributeValue, queueNameExists, unknownAttribute } from './errors.ts';
import { checkFifoAttribute, checkThroughput, fifoAttributes, fifoValue, isFifo } from './fifo-attributes.ts';
import { parseObject } from './json-object.ts';
import {
  checkRedriveAllowPolicy,
  checkRedrivePolicy,
  parseRedriveAllowPolicy,
  parseRedrivePolicy,
} from './redrive-policy.ts';
import type { RedriveAllowPolicy, RedrivePolicy } from './redrive-policy.ts';

/** A queue's attributes as texts: only those that were set to something else than nothing. */
export type AttributeTexts = Readonly<Record<string, string>>;

/** What the queue works with: parsed once for each version of the queue's document. */
export interface QueueSettings {
  readonly fifo: boolean;
  readonly contentBasedDeduplication: boolean;
  /** Where a deduplication id is unique. */
  readonly deduplicationScope: 'queue' | 'messageGroup';
  readonly visibilityTimeoutMs: number;
  readonly retentionMs: number;
  readonly delayMs: number;
  readonly waitMs: number;
  readonly maxMessageBytes: number;
  /** The policy's text where it has statements. */
  readonly policy: string | undefined;
  readonly redrive: RedrivePolicy | undefined;
  readonly redriveAllow: RedriveAllowPolicy;
}

/** How one settable attribute is checked; `initial` is what a queue has that was not told. */
interface AttributeRule {
  readonly initial?: string;
  /** Throws when the text is not a value. */
  check(name: string, value: string): void;
}

const isNumber = (value: string, min: number, max: number): boolean =>
  /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max;

const number = (initial: number | undefined, min: number, max: number): AttributeRule => ({
  ...(initial !== undefined && { initial: String(initial) }),
  check(name, value) {
    if (!isNumber(value, min, max)) throw invalidAttributeValue(name);
  },
});

const flag = (initial: string): AttributeRule => ({
  initial,
  check(name, value) {
    if (value !== 'true' && value !== 'false') throw invalidAttributeValue(name);
  },
});

/** A policy that says something must be one: otherwise it would refuse every sender without a word. */
const policy: AttributeRule = {
  check(name, value) {
    if (value === '') return;
    const sound = hasStatements(value) ? checkPolicy(value) === undefined : parseObject(value) !== undefined;
    if (!sound) throw invalidAttributeValue(name);
  },
};

const anyText: AttributeRule = { check: () => undefined };

const rules: ReadonlyMap<string, AttributeRule> = new Map(
  Object.entries<AttributeRule>({
    VisibilityTimeout: number(30, 0, limits.queueVisibilitySeconds),
    MessageRetentionPeriod: number(
      345_600,
      limits.queueMinimumRetentionSeconds,
      limits.queueRetentionSeconds,
    ),
    DelaySeconds: number(0, 0, limits.queueDelaySeconds),
    MaximumMessageSize: number(
      limits.queueMessageBytes,
      limits.queueMinimumMessageBytes,
      limits.queueMessageBytes,
    ),
    ReceiveMessageWaitTimeSeconds: number(0, 0, limits.queueWaitSeconds),
    SqsManagedSseEnabled: flag('true'),
    Policy: policy,
    KmsMasterKeyId: anyText,
    // Its default, 300, is not shown.
    KmsDataKeyReusePeriodSeconds: number(
      undefined,
      limits.queueMinimumKeyReuseSeconds,
      limits.queueKeyReuseSeconds,
    ),
    RedrivePolicy: { check: (_name, value) => checkRedrivePolicy(value) },
    RedriveAllowPolicy: { check: (_name, value) => checkRedriveAllowPolicy(value) },
  }),
);

/** Attributes that are JSON: two texts are the same when they mean the same. */
const documents = ['Policy', 'RedrivePolicy', 'RedriveAllowPolicy'];

const readOnly = [
  'QueueArn',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];

/** Every name that GetQueueAttributes takes, beside `All`. */
export const attributeNames: ReadonlySet<string> = new Set([
  ...rules.keys(),
  ...fifoAttributes.keys(),
  ...readOnly,
  'FifoQueue',
]);

/** Checks the attributes of a new queue; throws the service's errors. */
export function checkNewAttributes(given: AttributeTexts): void {
  const { FifoQueue: fifo, ...others } = given;
  // A standard queue is told by the attribute's absence.
  if (fifo !== undefined && fifo !== 'true') throw unknownAttribute('FifoQueue');
  checkAttributes(others, fifo === 'true');
  if (fifo === 'true') checkThroughput(given);
}

/** Checks the attributes that an existing queue is to get; throws the service's errors. */
export function checkChangedAttributes(given: AttributeTexts, existing: AttributeTexts): void {
  if (given.FifoQueue !== undefined) {
    throw invalidAttributeValue('FifoQueue', 'Modifying queue type is not supported.');
  }
  checkAttributes(given, isFifo(existing));
  if (isFifo(existing)) checkThroughput({ ...existing, ...given });
}

function checkAttributes(given: AttributeTexts, fifo: boolean): void {
  for (const [name, value] of Object.entries(given)) {
    const rule = rules.get(name);
    if (!rule && !fifoAttributes.has(name)) throw unknownAttribute(name);
    checkFifoAttribute(name, value, fifo);
    rule?.check(name, value);
  }
  if (given.KmsMasterKeyId && given.SqsManagedSseEnabled === 'true') {
    throw invalidAttributeName(
      'You can use one type of server-side encryption (SSE) at one time. ' +
        'You can either enable KMS SSE or SQS SSE.',
    );
  }
}

/** The attributes after a change: an empty text removes one; the two kinds of encryption exclude each other. */
export function mergeAttributes(before: AttributeTexts, given: AttributeTexts): AttributeTexts {
  const merged: Record<string, string> = { ...before, ...given };
  if (given.KmsMasterKeyId) merged.SqsManagedSseEnabled = 'false';
  if (given.SqsManagedSseEnabled === 'true') delete merged.KmsMasterKeyId;
  for (const [name, value] of Object.entries(merged)) if (value === '') delete merged[name];
  return merged;
}

/** Throws when a CreateQueue for a name that is taken asks for other attributes than the queue has. */
export function compareAttributes(existing: AttributeTexts, given: AttributeTexts): void {
  for (const [name, value] of Object.entries(given)) {
    const own = existing[name] ?? rules.get(name)?.initial ?? fifoAttributes.get(name)?.initial ?? '';
    const same =
      own === value || (documents.includes(name) && isDeepStrictEqual(parseObject(own), parseObject(value)));
    if (!same) throw queueNameExists(name);
  }
}

/** The settable attributes as GetQueueAttributes shows them: what was set, and the defaults of the rest. */
export function shownAttributes(texts: AttributeTexts): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, rule] of rules) {
    const value = texts[name] ?? rule.initial;
    if (value !== undefined) shown[name] = value;
  }
  if (!isFifo(texts)) return shown;
  shown.FifoQueue = 'true';
  for (const name of fifoAttributes.keys()) shown[name] = fifoValue(texts, name);
  return shown;
}

/** Parses texts that have been checked. */
export function parseSettings(texts: AttributeTexts): QueueSettings {
  const seconds = (name: string): number => Number(texts[name] ?? rules.get(name)?.initial) * 1_000;
  return {
    fifo: isFifo(texts),
    contentBasedDeduplication: texts.ContentBasedDeduplication === 'true',
    deduplicationScope: fifoValue(texts, 'DeduplicationScope') === 'queue' ? 'queue' : 'messageGroup',
    visibilityTimeoutMs: seconds('VisibilityTimeout'),
    retentionMs: seconds('MessageRetentionPeriod'),
    delayMs: seconds('DelaySeconds'),
    waitMs: seconds('ReceiveMessageWaitTimeSeconds'),
    maxMessageBytes: Number(texts.MaximumMessageSize ?? rules.get('MaximumMessageSize')?.initial),
    policy: hasStatements(texts.Policy) ? texts.Policy : undefined,
    redrive: parseRedrivePolicy(texts.RedrivePolicy),
    redriveAllow: parseRedriveAllowPolicy(texts.RedriveAllowPolicy),
  };
}

function hasStatements(text: string | undefined): boolean {
  const statement = text === undefined ? undefined : parseObject(text)?.Statement;
  return Array.isArray(statement) ? statement.length > 0 : statement !== undefined;
}
