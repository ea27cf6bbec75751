import type { EntryFailure } from './batched.ts';
import { parseObject } from './classify.ts';
import { elementsOf, textOf } from './xml.ts';

/** The failures of an answer, by place in the call. */
export type EntryFailures = ReadonlyMap<number, EntryFailure>;

/** An entry that an answer says nothing of has not arrived, as far as anyone knows. */
const LEFT_OUT: EntryFailure = { code: 'IncompleteAnswer', message: '', serviceFault: true };

/** One entry of an answer to `PublishBatch` or `SendMessageBatch`; its Id is its place in the call. */
interface EntryResult {
  readonly Id: string;
  readonly Code?: string;
  readonly Message?: string;
  readonly SenderFault?: boolean;
}

function byPlace(successful: readonly EntryResult[], failed: readonly EntryResult[], count: number) {
  const failures = new Map<number, EntryFailure>();
  for (let place = 0; place < count; place++) failures.set(place, LEFT_OUT);
  for (const { Id } of successful) failures.delete(Number(Id));
  for (const { Id, Code: code = '', Message: message = '', SenderFault } of failed) {
    failures.set(Number(Id), { code, message, serviceFault: SenderFault === false });
  }
  return failures;
}

/** The failures of a batch of the query protocol. */
export function failuresInXml(text: string, { length }: readonly unknown[]): EntryFailures {
  const membersOf = (name: string): EntryResult[] =>
    elementsOf(elementsOf(text, name)[0] ?? '', 'member').map((member) => ({
      Id: textOf(member, 'Id'),
      Code: textOf(member, 'Code'),
      Message: textOf(member, 'Message'),
      SenderFault: textOf(member, 'SenderFault') !== 'false',
    }));
  return byPlace(membersOf('Successful'), membersOf('Failed'), length);
}

/** The failures of a batch of SQS. */
export function failuresInJson(text: string, { length }: readonly unknown[]): EntryFailures {
  const { Successful = [], Failed = [] } = parseObject(text) as {
    Successful?: readonly EntryResult[];
    Failed?: readonly EntryResult[];
  };
  return byPlace(Successful, Failed, length);
}

interface RecordResult {
  readonly ErrorCode?: string | null;
  readonly ErrorMessage?: string;
}

/** The failures of a batch of records: its answer has one result for each record, in order. */
export function failuresOfRecords(results: unknown, { length }: readonly unknown[]): EntryFailures {
  const given = (results ?? []) as readonly RecordResult[];
  const failures = new Map<number, EntryFailure>();
  for (let place = 0; place < length; place++) {
    const result = given[place];
    if (!result) failures.set(place, LEFT_OUT);
    else if (result.ErrorCode) {
      failures.set(place, { code: result.ErrorCode, message: result.ErrorMessage ?? '' });
    }
  }
  return failures;
}
