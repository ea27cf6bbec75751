import type { EntryFailure } from './batched.ts';
import { parseObject } from './classify.ts';
import { elementsOf, textOf } from './xml.ts';

/** One entry of an answer to `PublishBatch` or `SendMessageBatch` that failed; its Id is its place in the call. */
interface FailedEntry {
  readonly Id: string;
  readonly Code?: string;
  readonly Message?: string;
  readonly SenderFault?: boolean;
}

function byPlace(failed: readonly FailedEntry[]): Map<number, EntryFailure> {
  return new Map(
    failed.map(({ Id, Code: code = '', Message: message = '', SenderFault }) => [
      Number(Id),
      { code, message, serviceFault: SenderFault === false },
    ]),
  );
}

/** The failures of a batch of the query protocol. */
export function failuresInXml(text: string): Map<number, EntryFailure> {
  const members = elementsOf(elementsOf(text, 'Failed')[0] ?? '', 'member');
  return byPlace(
    members.map((member) => ({
      Id: textOf(member, 'Id'),
      Code: textOf(member, 'Code'),
      Message: textOf(member, 'Message'),
      SenderFault: textOf(member, 'SenderFault') !== 'false',
    })),
  );
}

/** The failures of a batch of SQS. */
export function failuresInJson(text: string): Map<number, EntryFailure> {
  return byPlace((parseObject(text)['Failed'] ?? []) as FailedEntry[]);
}

/** The failures of a batch of records: its answer has one result for each record, in order. */
export function failuresOfRecords(results: unknown): Map<number, EntryFailure> {
  const failures = new Map<number, EntryFailure>();
  for (const [place, result] of ((results ?? []) as RecordResult[]).entries()) {
    const { ErrorCode: code, ErrorMessage: message = '' } = result;
    if (code !== undefined && code !== null) failures.set(place, { code, message });
  }
  return failures;
}

interface RecordResult {
  readonly ErrorCode?: string | null;
  readonly ErrorMessage?: string;
}
