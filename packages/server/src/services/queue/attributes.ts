import { checkPolicy } from '../../engine/policy/index.ts';
import { limits } from '../../model/limits.ts';
import {
  invalidAttributeName,
  invalidAttributeValue,
  notSupportedYet,
  queueNameExists,
  unknownAttribute,
} from './errors.ts';

/** A queue's attributes as texts: only those that were set to something else than nothing. */
export type AttributeTexts = Readonly<Record<string, string>>;

/** What the queue works with: parsed once for each version of the queue's document. */
export interface QueueSettings {
  readonly visibilityTimeoutMs: number;
  readonly retentionMs: number;
  readonly delayMs: number;
  readonly waitMs: number;
  readonly maxMessageBytes: number;
  /** The policy's text where it has statements. */
  readonly policy: string | undefined;
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

/** An empty text removes what was never there; anything else is refused until it is built. */
const notYet = (what: string): AttributeRule => ({
  check(_name, value) {
    if (value !== '') throw notSupportedYet(what);
  },
});

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
    RedrivePolicy: notYet('redrive policies'),
    RedriveAllowPolicy: notYet('redrive policies'),
  }),
);

/** Attributes that only FIFO queues have, with the service's complaint about them elsewhere. */
const fifoOnly: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ContentBasedDeduplication: 'Unknown Attribute ContentBasedDeduplication.',
    DeduplicationScope: 'You can specify the DeduplicationScope only when FifoQueue is set to true.',
    FifoThroughputLimit: 'You can specify the FifoThroughputLimit only when FifoQueue is set to true.',
  }),
);

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
  ...fifoOnly.keys(),
  ...readOnly,
  'FifoQueue',
]);

/** Checks the attributes of a new queue; throws the service's errors. */
export function checkNewAttributes(given: AttributeTexts): void {
  if (given.FifoQueue === 'true') throw notSupportedYet('FIFO queues');
  if (given.FifoQueue !== undefined) throw unknownAttribute('FifoQueue');
  checkAttributes(given);
}

/** Checks the attributes that an existing queue is to get; throws the service's errors. */
export function checkChangedAttributes(given: AttributeTexts): void {
  if (given.FifoQueue !== undefined) {
    throw invalidAttributeValue('FifoQueue', 'Modifying queue type is not supported.');
  }
  checkAttributes(given);
}

function checkAttributes(given: AttributeTexts): void {
  for (const [name, value] of Object.entries(given)) {
    const fifoText = fifoOnly.get(name);
    if (fifoText !== undefined) throw invalidAttributeName(fifoText);
    const rule = rules.get(name);
    if (!rule) throw unknownAttribute(name);
    rule.check(name, value);
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
    if ((existing[name] ?? rules.get(name)?.initial ?? '') !== value) throw queueNameExists(name);
  }
}

/** The settable attributes as GetQueueAttributes shows them: what was set, and the defaults of the rest. */
export function shownAttributes(texts: AttributeTexts): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, rule] of rules) {
    const value = texts[name] ?? rule.initial;
    if (value !== undefined) shown[name] = value;
  }
  return shown;
}

/** Parses texts that have been checked. */
export function parseSettings(texts: AttributeTexts): QueueSettings {
  const seconds = (name: string): number => Number(texts[name] ?? rules.get(name)?.initial) * 1_000;
  return {
    visibilityTimeoutMs: seconds('VisibilityTimeout'),
    retentionMs: seconds('MessageRetentionPeriod'),
    delayMs: seconds('DelaySeconds'),
    waitMs: seconds('ReceiveMessageWaitTimeSeconds'),
    maxMessageBytes: Number(texts.MaximumMessageSize ?? rules.get('MaximumMessageSize')?.initial),
    policy: hasStatements(texts.Policy) ? texts.Policy : undefined,
  };
}

function hasStatements(policy: string | undefined): boolean {
  const statement = policy === undefined ? undefined : parseObject(policy)?.Statement;
  return Array.isArray(statement) ? statement.length > 0 : statement !== undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return value as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
