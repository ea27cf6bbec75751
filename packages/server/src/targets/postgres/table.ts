import {
  DELIVERED,
  type DocumentedConnector,
  type OutgoingDelivery,
  type SendOutcome,
} from '../../engine/ports/connector.ts';
import { limits } from '../../model/limits.ts';
import { serviceOf, type ServiceDirectory } from '../../model/service-settings.ts';
import { brokerCheck } from '../broker/check.ts';
import type { Connections } from '../broker/connections.ts';
import { forEach } from '../broker/outcomes.ts';
import { isBusbarArn } from '../broker/service.ts';
import { BUSBAR_BLOCK } from '../busbar-parameters.ts';
import { TEXT_FIELD, textWriter } from '../payload-text.ts';
import { POSTGRES, type PostgresClient } from './client.ts';
import { lookUp, type Layout } from './layout.ts';
import { isRowFault, isTableFault, statementFailure } from './outcome.ts';
import { SettingsByUse } from './settings-by-use.ts';

const PREFIX = 'table/';
const NAME = String.raw`[^\s\p{Cc}."]{1,63}`;
const RESOURCE = new RegExp(`^table/${NAME}(?:\\.${NAME})?$`, 'u');

/** Tables of PostgreSQL: one row a delivery, a batch in one statement. */
export function postgresTableTarget(
  services: ServiceDirectory,
  connections: Connections<PostgresClient>,
): DocumentedConnector {
  const uses = new SettingsByUse();
  return {
    kind: 'postgres-table',
    description: 'A table of PostgreSQL: one row a delivery.',
    docs: {
      title: 'PostgreSQL table',
      arnForm: 'arn:busbar:postgres:[<server>]::table/[<schema>.]<table>',
      arnExample: 'arn:busbar:postgres:::table/public.orders',
      testedAgainst: 'PostgreSQL 15',
      settings: POSTGRES.settings,
      notes: NOTES,
    },
    parameters: { block: BUSBAR_BLOCK, fields: [TEXT_FIELD] },
    accepts: (arn) => isBusbarArn(arn, POSTGRES.service) && !arn.resource.startsWith('channel/'),
    check: brokerCheck(services, POSTGRES, RESOURCE),
    open(arn, target) {
      // A table that is locked must hold up its own deliveries alone: each has a connection.
      const { settings, release } = uses.take(arn.text, serviceOf(services, arn));
      const lease = connections.lease(settings);
      const table: Table = { name: quoted(arn.resource.slice(PREFIX.length)), toText: textWriter(target) };
      return {
        maxBatch: limits.postgresTargetBatch,
        maxConcurrency: limits.postgresTargetSends,
        send: (batch, signal) => lease.send(batch, signal, (client) => insert(client, table, batch)),
        close() {
          release();
          return lease.release();
        },
      };
    },
  };
}

const NOTES = [
  'The table must have a column `payload`. Of these columns it may have any; others get their defaults:',
  [
    '```sql',
    'CREATE TABLE orders (',
    '  delivery_id uuid PRIMARY KEY,        -- the same for every attempt of a delivery',
    '  event_id    uuid NOT NULL,',
    '  source      text NOT NULL,',
    '  detail_type text NOT NULL,',
    '  account     text NOT NULL,',
    '  region      text NOT NULL,',
    '  time        timestamptz NOT NULL,    -- of the event',
    '  ingested_at timestamptz NOT NULL,    -- when it was published',
    '  detail      jsonb,                   -- of the event',
    '  event       jsonb,                   -- the whole event, as it was published',
    '  payload     jsonb NOT NULL           -- what the target gets: the event, or what the rule made of it',
    ');',
    '```',
  ].join('\n'),
  'A delivery counts as done when the statement is committed. When `delivery_id` has a unique index of its own, a repeat changes nothing (`ON CONFLICT (delivery_id) DO NOTHING`); without one it is a second row. Names are taken as they are written, upper and lower case too; without a schema the user’s `search_path` finds the table. Everything of an event goes as a parameter of the statement.',
  'Which columns there are is looked up once a connection; columns that are added are filled after the next start of the connection, at the latest 30 seconds after the deliveries have paused. `jsonb` and `json` columns take text that is no JSON as a JSON string.',
  'Retried: no connection, a connection that breaks, a server that starts, stops, is full or read-only, deadlocks, statements that take longer than 30 seconds. Not retried: no such database, table or column `payload` (`NO_RESOURCE`), a user who may not sign in or not insert (`NO_PERMISSIONS`), a row that the table refuses (`INVALID_PARAMETER`; such as one with `\\u0000`, which `jsonb` cannot hold) or that its trigger refuses (`ERROR_FROM_TARGET`). A refused row does not harm its batch.',
  'Several URLs are tried in turn. `?sslmode=require` at the end of the URL asks for TLS, and the certificate is checked; `no-verify` does not check it.',
].join('\n\n');

interface Table {
  /** As it stands in a statement. */
  readonly name: string;
  readonly toText: (delivery: OutgoingDelivery) => string;
}

/** `a.b` as `"a"."b"`: the resource's form leaves no quotes within names. */
const quoted = (name: string): string =>
  name
    .split('.')
    .map((part) => `"${part}"`)
    .join('.');

async function insert(
  client: PostgresClient,
  table: Table,
  batch: readonly OutgoingDelivery[],
): Promise<SendOutcome[]> {
  const layout = await (client.layout ??= lookUp(client, table.name));
  if (layout.kind === 'table') return insertRows(client, table, layout, batch);
  // Somebody may be about to change it.
  client.layout = undefined;
  return forEach(batch, layout.failure);
}

/** A statement for all rows. If one of them is refused, the halves are tried by themselves, and their halves. */
async function insertRows(
  client: PostgresClient,
  table: Table,
  layout: Extract<Layout, { kind: 'table' }>,
  batch: readonly OutgoingDelivery[],
): Promise<SendOutcome[]> {
  try {
    const values = batch.flatMap((delivery) => {
      const text = table.toText(delivery);
      return layout.columns.map(({ value }) => value(delivery, text));
    });
    await client.query(statement(table, layout, batch.length), values);
    return forEach(batch, DELIVERED);
  } catch (error) {
    if (isTableFault(error)) client.layout = undefined;
    if (batch.length === 1 || !isRowFault(error)) return forEach(batch, statementFailure(error));
    const middle = Math.ceil(batch.length / 2);
    const first = await insertRows(client, table, layout, batch.slice(0, middle));
    return [...first, ...(await insertRows(client, table, layout, batch.slice(middle)))];
  }
}

function statement(
  { name }: Table,
  { columns, hasDeliveryKey }: Extract<Layout, { kind: 'table' }>,
  rows: number,
): string {
  const row = (index: number): string =>
    `(${columns.map((_column, place) => `$${index * columns.length + place + 1}`).join()})`;
  return (
    `INSERT INTO ${name} (${columns.map((column) => `"${column.name}"`).join()}) ` +
    `VALUES ${Array.from({ length: rows }, (_, index) => row(index)).join()}` +
    (hasDeliveryKey ? ' ON CONFLICT (delivery_id) DO NOTHING' : '')
  );
}
