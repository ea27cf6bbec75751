import { RefusedError, type Client } from './client.ts';
import { type CliError, daemonError } from './command.ts';
import { didYouMean } from './suggest.ts';

export interface DescribedRule {
  readonly Name: string;
  readonly Arn: string;
  readonly State: string;
  readonly EventPattern?: string;
  readonly ScheduleExpression?: string;
}

/** Pages of names that are looked through for the one that was meant. */
const MAX_PAGES = 10;

/** A rule. When there is none, the error names the one that was probably meant. */
export async function findRule(client: Client, bus: string, rule: string): Promise<DescribedRule> {
  try {
    return await client.events<DescribedRule>('DescribeRule', { Name: rule, EventBusName: bus });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  await checkBus(client, bus);
  const names = await namesOf(client, 'ListRules', { EventBusName: bus }, 'Rules');
  throw daemonError(`no rule \`${rule}\` on bus ${bus}${didYouMean(rule, names)}`);
}

/** An archive and the bus that it archives. When there is none, the error names the one that was probably meant. */
export async function findArchive(client: Client, name: string): Promise<{ readonly bus: string }> {
  try {
    const { EventSourceArn: arn } = await client.events<{ EventSourceArn: string }>('DescribeArchive', {
      ArchiveName: name,
    });
    return { bus: arn.slice(arn.indexOf('/') + 1) };
  } catch (error) {
    if (!isMissing(error)) throw error;
    const names = await namesOf(client, 'ListArchives', {}, 'Archives', 'ArchiveName');
    throw daemonError(`no archive \`${name}\`${didYouMean(name, names)}`);
  }
}

/** Makes sure that a bus exists. When it does not, the error names the one that was probably meant. */
export async function checkBus(client: Client, bus: string): Promise<void> {
  // The default bus always exists, and an ARN may name one elsewhere.
  if (bus === 'default' || bus.startsWith('arn:')) return;
  try {
    await client.events('DescribeEventBus', { Name: bus });
  } catch (error) {
    if (!isMissing(error)) throw error;
    const names = await namesOf(client, 'ListEventBuses', {}, 'EventBuses');
    throw daemonError(`no event bus \`${bus}\`${didYouMean(bus, names)}`);
  }
}

const isMissing = (error: unknown): error is CliError =>
  error instanceof RefusedError && error.code === 'ResourceNotFoundException';

async function namesOf(
  client: Client,
  operation: string,
  input: object,
  member: string,
  nameMember = 'Name',
): Promise<readonly string[]> {
  const names: string[] = [];
  let token: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await client.events<Record<string, unknown>>(operation, {
      ...input,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    names.push(...((answer[member] ?? []) as Record<string, string>[]).map((item) => item[nameMember]!));
    token = answer['NextToken'] as string | undefined;
    if (token === undefined) break;
  }
  return names;
}
