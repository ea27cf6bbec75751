import type { DatabaseSync } from 'node:sqlite';
import { eventBusArn, formatArn } from '../../../model/arn.ts';
import type { Archive } from '../../../model/archive.ts';
import { checksumOf } from '../worker/checksum.ts';

const KIND = 'archive';
/** The bus and the region of an archive whose events do not tell. */
const BUS = 'default';
const REGION = 'us-east-1';

/** What archives hold is counted anew. One that the catalog has lost is found again under another name: a start would remove it. */
export function mendArchives(target: DatabaseSync): void {
  for (const { name, tables } of target.prepare('SELECT name, tables FROM archives').all()) {
    const events = `archive_${Number(tables)}`;
    target
      .prepare(
        `UPDATE archives SET events = (SELECT count(*) FROM ${events}),
          bytes = (SELECT coalesce(sum(octet_length(event)), 0) FROM ${events}) WHERE tables = ?`,
      )
      .run(tables!);
    if (!isKnown(target, String(name))) document(target, String(name), events);
  }
}

const isKnown = (target: DatabaseSync, uid: string): boolean =>
  target
    .prepare(
      `SELECT 1 FROM catalog
        WHERE kind = ? AND CASE WHEN json_valid(value) THEN value ->> '$.uid' END = ?`,
    )
    .get(KIND, uid) !== undefined;

/** Its rule is gone as well, or goes with the next start: such an archive keeps what it has and gets no more. */
function document(target: DatabaseSync, uid: string, events: string): void {
  const first = target
    .prepare(
      `SELECT account, ingested_at, CASE WHEN json_valid(event) THEN event ->> '$.region' END AS region
        FROM ${events} ORDER BY sequence LIMIT 1`,
    )
    .get();
  if (!first) return;
  const account = String(first['account']);
  const region = String(first['region'] ?? REGION);
  const name = `salvaged-${uid}`;
  const archive: Archive = {
    account,
    region,
    uid,
    name,
    arn: formatArn('events', region, account, `archive/${name}`),
    bus: BUS,
    sourceArn: eventBusArn(region, account, BUS),
    retentionDays: 0,
    createdAt: Number(first['ingested_at']),
  };
  const [key, value] = [`${account}/${region}/${name}`, JSON.stringify(archive)];
  const last = target.prepare('SELECT coalesce(max(version), 0) AS version FROM catalog').get();
  const version = Number(last?.['version']) + 1;
  const checksum = checksumOf(value, `${KIND} ${key} ${version}`);
  target
    .prepare('INSERT INTO catalog (kind, key, version, value, checksum) VALUES (?, ?, ?, ?, ?)')
    .run(KIND, key, version, value, checksum);
}
