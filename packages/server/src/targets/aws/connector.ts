import type { DocumentedConnector, ParameterField, TargetSession } from '../../engine/ports/connector.ts';
import type { Arn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import type { TargetSettings } from '../../model/resources.ts';
import { untilAborted } from '../abortable.ts';
import { BUSBAR_BLOCK } from '../busbar-parameters.ts';
import { foreignBlock } from '../parameter-blocks.ts';
import type { AwsCaller } from './caller.ts';
import { notConfigured } from './places.ts';
import { field, type AwsRow } from './row.ts';

/** What every entry of `services` may have for an AWS service. */
export const AWS_SETTINGS: readonly ParameterField[] = [
  field('accessKeyId', 'string', 'Whose key signs the requests.', 'AKIAIOSFODNN7EXAMPLE', {
    fallback: 'what the machine has: variables, shared files, the role of a container or an instance',
  }),
  field('secretAccessKey', 'string', 'The secret of that key.', '…', { secret: true }),
  field('sessionToken', 'string', 'The session of a temporary key.', '…', { secret: true }),
  field('assumeRoles', 'boolean', "Whether the target's `RoleArn` is assumed with that key, by STS.", true, {
    fallback: 'the key itself is used, whatever the role',
  }),
];

/** The connector of a row: checks, configuration, and sessions that call the service. */
export function awsConnector(row: AwsRow, caller: AwsCaller): DocumentedConnector {
  return {
    kind: row.kind,
    description: row.description,
    docs: { entry: row.service, ...row.docs, settings: [...AWS_SETTINGS, ...(row.docs.settings ?? [])] },
    parameters: row.parameters,
    accepts: (arn) =>
      /^aws(?:-[a-z-]+)?$/.test(arn.partition) &&
      arn.service === row.arnService &&
      (row.claims?.(arn, caller.places.entryOf(row.service)) ?? true),
    check: (arn, target) => checkTarget(row, caller, arn, target),
    open: (arn, target, context) => openSession(row, caller, arn, target, context),
  };
}

function checkTarget(row: AwsRow, caller: AwsCaller, arn: Arn, target: TargetSettings): string | undefined {
  const isPlaced = (arn.region !== '' || row.global) && (arn.account !== '' || row.accountless);
  if (!row.resource.test(arn.resource) || !isPlaced) {
    return `Parameter ${arn.text} is not valid. Reason: Provided Arn is not in correct format.`;
  }
  const { block } = row.parameters;
  const fault = foreignBlock(target, block === BUSBAR_BLOCK ? undefined : block) ?? row.check?.(arn, target);
  if (fault !== undefined || caller.places.settingsOf(row.service)) return fault;
  return `Parameter ${arn.text} is not valid. Reason: ${notConfigured(row.service)}`;
}

function openSession(
  row: AwsRow,
  caller: AwsCaller,
  arn: Arn,
  target: TargetSettings,
  context: Parameters<DocumentedConnector['open']>[2],
): TargetSession {
  const parts = row.resource.exec(arn.resource)?.groups ?? {};
  const purpose = {
    region: arn.region || context.region,
    account: arn.account || context.account,
    roleArn: target.RoleArn,
  };
  const send = row.open({ arn, target, context, caller, purpose, parts });
  return {
    maxBatch: row.maxBatch,
    maxConcurrency: limits.awsTargetSends,
    // Looking up credentials cannot be stopped.
    send: (batch, signal) => untilAborted(batch.length, signal, () => send(batch, signal)),
    close: async () => undefined,
  };
}
