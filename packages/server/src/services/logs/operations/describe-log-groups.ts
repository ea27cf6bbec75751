import { limits } from '../../../model/limits.ts';
import { defineOperation } from '../../../model/operation.ts';
import type { Call, Operation } from '../../../model/operation.ts';
import { invalidParameter } from '../errors.ts';
import { groupByIdentifier } from '../group-of-call.ts';
import type { LogGroup } from '../groups.ts';
import { openToken, sealToken } from '../page-token.ts';
import type { Question } from '../page-token.ts';
import type { LogsService } from '../service.ts';

interface Input {
  readonly accountIdentifiers?: readonly string[];
  readonly logGroupNamePrefix?: string;
  readonly logGroupNamePattern?: string;
  readonly nextToken?: string;
  readonly limit?: number;
  readonly logGroupClass?: string;
  readonly logGroupIdentifiers?: readonly string[];
}

function select(service: LogsService, input: Input, call: Call): LogGroup[] {
  const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern, logGroupIdentifiers: named } = input;
  if (prefix !== undefined && pattern !== undefined) {
    throw invalidParameter(
      'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
    );
  }
  if (named && (prefix !== undefined || pattern !== undefined || input.logGroupClass !== undefined)) {
    throw invalidParameter('logGroupIdentifiers cannot be combined with other filters.');
  }
  const groups = named
    ? named.map((identifier) => groupByIdentifier(service, identifier, call))
    : service.groups.list(call, prefix ?? '');
  return groups.filter(
    (group) =>
      group.name.includes(pattern ?? '') &&
      (input.logGroupClass === undefined || group.class === input.logGroupClass) &&
      (input.accountIdentifiers?.includes(group.account) ?? true),
  );
}

const output = (group: LogGroup, storedBytes: number): object => ({
  logGroupName: group.name,
  creationTime: group.createdAt,
  retentionInDays: group.retentionInDays,
  metricFilterCount: 0,
  arn: `${group.arn}:*`,
  storedBytes,
  kmsKeyId: group.kmsKeyId,
  logGroupClass: group.class,
  logGroupArn: group.arn,
  deletionProtectionEnabled: group.deletionProtection ?? false,
});

/** One by one: members that the API does not know may hold anything, however deeply nested. */
const filtersOf = (input: Input): Question => [
  input.accountIdentifiers,
  input.logGroupNamePrefix,
  input.logGroupNamePattern,
  input.logGroupClass,
  input.logGroupIdentifiers,
];

/** DescribeLogGroups, by name; a page goes on behind the last name of the one before. */
export function describeLogGroups(service: LogsService): Operation {
  return defineOperation('DescribeLogGroups', async (input: Input, call) => {
    const { nextToken, limit = limits.logDescribePage } = input;
    const question: Question = [call.account, call.region, ...filtersOf(input)];
    const after = nextToken === undefined ? '' : openToken(question, nextToken);
    const rest = select(service, input, call)
      .sort((a, b) => (a.arn < b.arn ? -1 : 1))
      .filter(({ arn }) => arn > after);
    const page = rest.slice(0, limit);
    const bytes = await service.events.storedBytes(page.map(({ id }) => id));
    return {
      logGroups: page.map((group, index) => output(group, bytes[index] ?? 0)),
      ...(rest.length > page.length && { nextToken: sealToken(question, page.at(-1)!.arn) }),
    };
  });
}
