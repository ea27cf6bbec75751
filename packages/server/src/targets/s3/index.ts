import type { Clock } from '../../engine/ports/clock.ts';
import {
  DELIVERED,
  type DocumentedConnector,
  type OutgoingDelivery,
  type ParameterField,
  type SendOutcome,
  type SessionContext,
  type TargetSession,
} from '../../engine/ports/connector.ts';
import type { HttpClient } from '../../engine/ports/http-client.ts';
import type { Arn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import type { TargetSettings } from '../../model/resources.ts';
import type { ServiceDirectory } from '../../model/service-settings.ts';
import { untilAborted } from '../abortable.ts';
import { createAwsCaller, type AwsCaller } from '../aws/caller.ts';
import { AWS_SETTINGS } from '../aws/connector.ts';
import { field } from '../aws/row.ts';
import { parameter } from '../broker/message.ts';
import { isBusbarArn, isWellFormed, malformed } from '../broker/service.ts';
import { BUSBAR_BLOCK } from '../busbar-parameters.ts';
import { foreignBlock } from '../parameter-blocks.ts';
import { LINE_NOTE, lineWriter, TEXT_FIELD } from '../payload-text.ts';
import { Gathering } from './gathering.ts';
import { objectOf, objectUrl } from './object.ts';

/** Segments of a prefix begin with no dot: `.` and `..` would lead elsewhere. */
const RESOURCE =
  /^bucket\/(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(?<prefix>[\w=-][\w.=-]*(?:\/[\w=-][\w.=-]*)*))?\/?$/;

const SETTINGS: readonly ParameterField[] = [
  ...AWS_SETTINGS,
  field('region', 'string', 'The region of the buckets.', 'eu-central-1', { fallback: 'that of the rule' }),
  field(
    'pathStyle',
    'boolean',
    'Whether the bucket stands in the path of URLs, and not in the host name.',
    false,
    {
      fallback: '`true`',
    },
  ),
];

const FIELDS: readonly ParameterField[] = [
  field(
    'BatchSize',
    'integer',
    `The most deliveries in an object, at most ${limits.s3MaximumBatch}.`,
    1_000,
    {
      fallback: String(limits.s3Batch),
    },
  ),
  field(
    'BatchWindowMs',
    'integer',
    `How long the first delivery of an object waits for more, at most ${limits.s3MaximumWindowMs} ms.`,
    5_000,
    { fallback: String(limits.s3WindowMs) },
  ),
  field('Compression', 'string', 'How objects are compressed.', 'gzip', {
    choices: ['gzip', 'none'],
    fallback: '`none`',
  }),
  TEXT_FIELD,
];

/** Buckets of S3, and of what speaks its protocol: one object a batch. */
export function s3Target(services: ServiceDirectory, http: HttpClient, clock: Clock): DocumentedConnector {
  const caller = createAwsCaller(services, http, clock);
  return {
    kind: 's3',
    description: 'A bucket of S3 or of a store that speaks its protocol: one object a batch of deliveries.',
    docs: {
      title: 'S3 bucket',
      arnForm: 'arn:busbar:s3:[<server>]::bucket/<bucket>[/<prefix>]',
      arnExample: 'arn:busbar:s3:::bucket/events/orders',
      testedAgainst: 'moto, and the signature against the published examples',
      settings: SETTINGS,
      notes: NOTES,
    },
    parameters: { block: BUSBAR_BLOCK, fields: FIELDS },
    accepts: (arn) => isBusbarArn(arn, 's3'),
    check: (arn, target) => checkS3Target(caller, arn, target),
    open: (arn, target, context) => openSession({ caller, clock, arn, target, context }),
  };
}

const NOTES = [
  'An object holds a batch as lines of JSON. Its key is made of the prefix, the hour and the time at which the first event was published, and a hash of the deliveries: `orders/2026/01/31/07/20260131T070501250Z-5f2c9a0b1d3e4f60.ndjson`, with `.gz` behind it when it is compressed. The same batch, sent again, replaces itself; after a failure deliveries may come again in another batch, and so in another object. CloudEvents, or the events themselves, carry the id by which a reader can tell.',
  'A delivery counts as done when the store has answered that the object is there. Until then it waits for more deliveries to share an object with: up to `BatchSize`, 8 MB or `BatchWindowMs`, whichever is first. Under load batches fill up by themselves.',
  LINE_NOTE,
  'Retried: no connection, a store that is slow, throttles or fails. Not retried: no such bucket (`NO_RESOURCE`), a key that is not known, does not fit or may not write there (`NO_PERMISSIONS`). Busbar makes no bucket.',
  [
    '```json',
    '{ "services": { "s3": { "url": "http://127.0.0.1:9000", "accessKeyId": "busbar", "secretAccessKey": "…", "region": "us-east-1" } } }',
    '```',
  ].join('\n'),
].join('\n\n');

const entryOf = (arn: Arn): string => (arn.region === '' ? 's3' : `s3:${arn.region}`);

const ENDPOINT = 'https://s3.{region}.amazonaws.com';

function checkS3Target(caller: AwsCaller, arn: Arn, target: TargetSettings): string | undefined {
  if (!isWellFormed(arn, RESOURCE)) return malformed(arn);
  const most: Readonly<Record<string, number>> = {
    BatchSize: limits.s3MaximumBatch,
    BatchWindowMs: limits.s3MaximumWindowMs,
  };
  const high = Object.keys(most).find((name) => (parameter<number>(target, name) ?? 0) > most[name]!);
  if (high !== undefined) return `Parameter ${BUSBAR_BLOCK}.${high} is not valid for target ${target.Id}.`;
  if (!caller.places.settingsOf(entryOf(arn))) {
    return (
      `Parameter ${arn.text} is not valid. Reason: No S3 server is configured. The configuration file has to say where ` +
      `it is: "services": { "${entryOf(arn)}": { "url": "http://127.0.0.1:9000", "accessKeyId": "…", "secretAccessKey": "…" } }, or "aws" as the URL.`
    );
  }
  return foreignBlock(target, BUSBAR_BLOCK);
}

interface Opening {
  readonly caller: AwsCaller;
  readonly clock: Clock;
  readonly arn: Arn;
  readonly target: TargetSettings;
  readonly context: SessionContext;
}

function openSession(opening: Opening): TargetSession {
  const { clock, target } = opening;
  const size = parameter<number>(target, 'BatchSize') ?? limits.s3Batch;
  const gathering = new Gathering({
    clock,
    deliveries: size,
    chars: limits.s3ObjectChars,
    windowMs: parameter<number>(target, 'BatchWindowMs') ?? limits.s3WindowMs,
    send: putter(opening),
  });
  return {
    maxBatch: size,
    maxConcurrency: limits.s3TargetSends,
    send: (batch, signal) => untilAborted(batch.length, signal, () => gathering.add(batch)),
    close: async () => gathering.flush(),
  };
}

/** Puts batches as objects. A put outlives the sends that wait for it, but not the time that a call may take. */
function putter({
  caller,
  arn,
  target,
  context,
}: Opening): (batch: readonly OutgoingDelivery[]) => Promise<SendOutcome> {
  const { bucket, prefix } = RESOURCE.exec(arn.resource)!.groups as { bucket: string; prefix?: string };
  const service = entryOf(arn);
  const settings = caller.places.settingsOf(service);
  const region = typeof settings?.['region'] === 'string' ? settings['region'] : context.region;
  const base = caller.places.baseUrlOf(service, ENDPOINT.replace('{region}', region), { region });
  const form = {
    prefix: prefix === undefined ? '' : `${prefix}/`,
    gzip: parameter<string>(target, 'Compression') === 'gzip',
    toLine: lineWriter(target),
  };
  const pathStyle = settings?.['pathStyle'] !== false;
  return async (batch) => {
    const { key, headers, body } = await objectOf(batch, form);
    const result = await caller.send(
      {
        service,
        signingName: 's3',
        region,
        account: context.account,
        roleArn: target.RoleArn,
        method: 'PUT',
        url: base === undefined ? undefined : objectUrl(base, bucket, key, pathStyle),
        headers,
        body,
        signed: true,
      },
      new AbortController().signal,
    );
    return result.status === 'done' ? DELIVERED : result.outcome;
  };
}
