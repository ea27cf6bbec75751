import type { OutgoingDelivery } from '../../engine/ports/connector.ts';
import { parseJsonPath } from '../../engine/transform/json-path.ts';
import { textOfString } from '../../engine/transform/json-slice.ts';
import { createPathReader } from '../../engine/transform/path-set.ts';
import { isJsonText } from '../cloud-events.ts';
import { reject, type Failure } from '../broker/outcomes.ts';
import type { PostgresClient } from './client.ts';
import { statementFailure } from './outcome.ts';

/**
 * What a column gets of a delivery and of the text that the target makes of it: text that the server reads as the
 * column's type, or nothing.
 */
type Value = (delivery: OutgoingDelivery, text: string) => string | null;

interface Column {
  readonly name: string;
  readonly value: Value;
}

/** The columns of a table that Busbar fills; or why it cannot be filled. */
export type Layout =
  | { readonly kind: 'table'; readonly columns: readonly Column[]; readonly hasDeliveryKey: boolean }
  | { readonly kind: 'failure'; readonly failure: Failure };

const member = (name: string): Value => {
  const read = createPathReader([parseJsonPath(`$.${name}`)!]);
  return ({ event }) => {
    const [raw] = read(event);
    return raw?.startsWith('"') ? textOfString(raw) : null;
  };
};

const readDetail = createPathReader([parseJsonPath('$.detail')!]);

const VALUES: Readonly<Record<string, Value>> = {
  delivery_id: ({ deliveryId }) => deliveryId,
  event_id: ({ eventId }) => eventId,
  source: member('source'),
  detail_type: member('detail-type'),
  account: member('account'),
  region: member('region'),
  time: member('time'),
  ingested_at: ({ ingestedAt }) => new Date(ingestedAt).toISOString(),
  detail: ({ event }) => readDetail(event)[0] ?? null,
  event: ({ event }) => event,
};

const payloadText: Value = (_delivery, text) => text;

/** A JSON column takes a text that is no JSON as a JSON string. */
const payloadJson: Value = ({ event }, text) =>
  text === event || isJsonText(text) ? text : JSON.stringify(text);

/** The columns that can be written, and which of them no two rows may share. */
const COLUMNS = `
  SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type, EXISTS (
    SELECT FROM pg_index i
    WHERE i.indrelid = a.attrelid AND i.indisunique AND i.indimmediate AND i.indisvalid
      AND i.indpred IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum
  ) AS is_unique
  FROM pg_attribute a
  WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''`;

const failed = (failure: Failure): Layout => ({ kind: 'failure', failure });

/** Looks a table up; `table` is its name as it stands in a statement. */
export async function lookUp(client: PostgresClient, table: string): Promise<Layout> {
  try {
    const rows = await client.query(COLUMNS, [table]);
    if (rows.length === 0) return failed(reject('NO_RESOURCE', 'There is no such table.'));
    const payload = rows.find(({ name }) => name === 'payload');
    if (!payload) return failed(reject('NO_RESOURCE', 'The table has no column "payload".'));
    const isJson = String(payload['type']).startsWith('json');
    const columns = rows.flatMap(({ name }): Column[] => {
      const value = VALUES[String(name)];
      return value ? [{ name: String(name), value }] : [];
    });
    const hasDeliveryKey = rows.some((row) => row['name'] === 'delivery_id' && row['is_unique'] === true);
    return {
      kind: 'table',
      columns: [...columns, { name: 'payload', value: isJson ? payloadJson : payloadText }],
      hasDeliveryKey,
    };
  } catch (error) {
    return failed(statementFailure(error));
  }
}
