import { parseJsonPath } from '../transform/json-path.ts';
import { createPathReader } from '../transform/path-set.ts';
import type { RequestContext } from './condition.ts';

/** The fields of an event that policies look at, by condition key. */
export const CONDITION_FIELDS: readonly (readonly [key: string, field: string])[] = [
  ['events:source', 'source'],
  ['events:detail-type', 'detail-type'],
  ['events:detail.service', 'detail.service'],
  ['events:detail.eventTypeCode', 'detail.eventTypeCode'],
  ['events:detail.userIdentity.principalId', 'detail.userIdentity.principalId'],
];

/** What policies look at of an event on its way into a bus. */
export interface PublishedEvent {
  readonly source: string;
  readonly detailType: string;
  /** Compact JSON text. */
  readonly detail: string;
}

const DETAIL_PREFIX = 'detail.';
const detailKeys = CONDITION_FIELDS.filter(([, field]) => field.startsWith(DETAIL_PREFIX));
const readDetailKeys = createPathReader(
  detailKeys.map(([, field]) => parseJsonPath(`$.${field.slice(DETAIL_PREFIX.length)}`)!),
);

/** The strings that a JSON text holds: itself, or those of its elements. */
function stringsOf(text: string): string[] {
  const value: unknown = JSON.parse(text);
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((item) => typeof item === 'string');
}

/**
 * What a bus's policy sees of an event that wants in.
 *
 * @param invocation whether a rule brings it from another bus (`events:eventBusInvocation`).
 */
export function eventContext(
  { source, detailType, detail }: PublishedEvent,
  invocation: boolean,
): RequestContext {
  const context: Record<string, string | readonly string[]> = {
    'events:source': source,
    'events:detail-type': detailType,
    'events:eventBusInvocation': String(invocation),
  };
  for (const [index, text] of readDetailKeys(detail).entries()) {
    if (text !== undefined) context[detailKeys[index]![0]] = stringsOf(text);
  }
  return context;
}
