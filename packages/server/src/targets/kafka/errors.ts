import { errorCode, connectionLost, reject, retry, type Failure } from '../broker/outcomes.ts';

/*
 * The client's errors are trees: a failed send holds an error for each server it wrote to, that holds one for each
 * partition, and what the socket said is a cause.
 */

export interface KafkaError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  /** `TOPIC_AUTHORIZATION_FAILED` and its number, of an answer of the server. */
  readonly apiId?: string;
  readonly apiCode?: number;
  /** The answer of a server that took some partitions and refused others. */
  readonly response?: ProduceResponse;
  /** The partitions that took their messages, of a send that failed in part. */
  readonly produced?: { readonly offsets?: readonly { readonly partition: number | bigint }[] };
}

interface ProduceResponse {
  readonly responses?: readonly {
    readonly partitionResponses: readonly { readonly index: number; readonly errorCode: number }[];
  }[];
}

const MAX_LOOKED_AT = 1_000;

/** All errors of a tree, the outer ones first. */
function* errorsOf(error: unknown): Generator<KafkaError> {
  const queue: unknown[] = [error];
  for (let looked = 0; looked < queue.length && looked < MAX_LOOKED_AT; looked++) {
    const each = queue[looked];
    if (typeof each !== 'object' || each === null) continue;
    yield each as KafkaError;
    const { cause, errors } = each as { cause?: unknown; errors?: unknown };
    queue.push(cause, ...(Array.isArray(errors) ? (errors as unknown[]) : []));
  }
}

export function findError(
  error: unknown,
  matches: (candidate: KafkaError) => boolean,
): KafkaError | undefined {
  for (const candidate of errorsOf(error)) if (matches(candidate)) return candidate;
  return undefined;
}

/** What each partition answered to a send that failed: 0 when it took its messages. Nothing for those that did not answer. */
export function answersOf(error: unknown): Map<number, number> {
  const answers = new Map<number, number>();
  for (const { response, produced } of errorsOf(error)) {
    for (const { partition } of produced?.offsets ?? []) answers.set(Number(partition), 0);
    for (const { partitionResponses } of response?.responses ?? []) {
      for (const { index, errorCode: code } of partitionResponses) answers.set(index, code);
    }
  }
  return answers;
}

const NO_TOPIC = reject('NO_RESOURCE', 'The Kafka topic does not exist.');
const NOT_ALLOWED = reject('NO_PERMISSIONS', 'The configured user may not write to the topic.');
const TOO_LARGE = reject('INVALID_PARAMETER', 'The message is larger than the Kafka topic takes.');
const INVALID = reject('INVALID_PARAMETER', 'The Kafka server calls the message invalid.');

/** The protocol's error codes that mean something of their own here. Most others pass by themselves. */
const OUTCOMES: Readonly<Record<number, Failure>> = {
  3: NO_TOPIC,
  7: retry('TIMEOUT', 'The replicas of the partition did not answer in time.'),
  10: TOO_LARGE,
  17: NO_TOPIC,
  18: TOO_LARGE,
  29: NOT_ALLOWED,
  31: NOT_ALLOWED,
  32: INVALID,
  87: INVALID,
  89: retry('THROTTLING', 'The quota of the Kafka server is exceeded.'),
};

/** Codes that a whole batch gets for one message's sake. */
export const CAUSED_BY_ONE: ReadonlySet<number | undefined> = new Set([10, 18, 32, 87]);

export const outcomeOfCode = (code: number): Failure =>
  OUTCOMES[code] ?? retry('ERROR_FROM_TARGET', `The Kafka server answered with error ${code}.`);

export const isTimeout = (error: unknown): boolean =>
  findError(error, ({ message }) => message === 'Request timed out') !== undefined;

/** What a failure means for messages whose partition did not answer. */
export function outcomeOfError(error: unknown): Failure {
  // The client has no code for it.
  if (
    findError(
      error,
      ({ code, message }) => code === 'PLT_KFK_USER' && message?.startsWith('Unknown topic ') === true,
    )
  ) {
    return NO_TOPIC;
  }
  if (isTimeout(error)) return retry('TIMEOUT', 'The Kafka server did not answer in time.');
  const answered = findError(error, ({ apiCode }) => apiCode !== undefined && apiCode !== 0);
  if (answered) return outcomeOfCode(answered.apiCode!);
  const code = errorCode(error);
  return code === undefined
    ? connectionLost('Kafka')
    : retry('CONNECTION_FAILURE', `No connection to a Kafka server (${code}).`);
}
