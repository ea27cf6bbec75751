import { parseArn } from '../../model/arn.ts';
import { logGroupOfArn } from '../../model/log-group-arn.ts';
import type { Call } from '../../model/operation.ts';
import { groupNotFound, invalidParameter } from './errors.ts';
import type { LogGroup } from './groups.ts';
import type { LogsService } from './service.ts';

/** The group of a name in the call's account and region. Throws ResourceNotFoundException. */
export function groupByName(service: LogsService, name: string, call: Call): LogGroup {
  const group = service.groups.find(call, name);
  if (!group) throw groupNotFound();
  return group;
}

/** The group of an ARN, with or without `:*`. Throws for an ARN of anything else, and for a group that is not there. */
export function groupByArn(service: LogsService, text: string): LogGroup {
  const arn = parseArn(text);
  const name = arn && logGroupOfArn(arn);
  if (!arn || name === undefined) throw invalidParameter(`Invalid log group ARN: ${text}`);
  const group = service.groups.find(arn, name);
  if (!group) throw groupNotFound();
  return group;
}

/** The group of an identifier, which is a name or an ARN. */
export function groupByIdentifier(service: LogsService, identifier: string, call: Call): LogGroup {
  return identifier.startsWith('arn:')
    ? groupByArn(service, identifier)
    : groupByName(service, identifier, call);
}

export interface GroupInput {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
}

/** The group of a call that takes either a name or an identifier. */
export function groupOfCall(service: LogsService, input: GroupInput, call: Call): LogGroup {
  const { logGroupName: name, logGroupIdentifier: identifier } = input;
  if ((name === undefined) === (identifier === undefined)) {
    throw invalidParameter('Exactly one of logGroupName and logGroupIdentifier must be specified.');
  }
  return name === undefined
    ? groupByIdentifier(service, identifier!, call)
    : groupByName(service, name, call);
}
