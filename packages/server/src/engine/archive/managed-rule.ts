import { formatArn, ruleArn } from '../../model/arn.ts';
import type { Archive } from '../../model/archive.ts';
import type { Rule, TargetSettings } from '../../model/resources.ts';

/** Who manages the rules of archives. */
const ARCHIVER = 'prod.vhs.events.aws.internal';
const NAME_PREFIX = 'Events-Archive-';
const NOT_REPLAYED = '"replay-name":[{"exists":false}]';

/** An archive's rule, on the bus that it archives. */
export const archiveRuleName = (archive: string): string => NAME_PREFIX + archive;

/** The archive that a rule belongs to; undefined for any other rule. */
export const archiveOfRule = ({ managedBy, name }: Rule): string | undefined =>
  managedBy === ARCHIVER && name.startsWith(NAME_PREFIX) ? name.slice(NAME_PREFIX.length) : undefined;

/** The ARN of the archive that such a rule feeds. */
export const archiveArnOf = ({ region, account, name }: Rule): string =>
  formatArn('events', region, account, `archive/${name.slice(NAME_PREFIX.length)}`);

/** The archive's pattern, which has been checked, and that an event is not a replayed one. */
export function archiveRulePattern(pattern: string | undefined): string {
  const members = pattern?.trim().slice(1, -1) ?? '';
  return members.trim() === '' ? `{${NOT_REPLAYED}}` : `{${members},${NOT_REPLAYED}}`;
}

const targetArn = (region: string): string => formatArn('events', region, '', ':');

/** Whether a target's ARN is that of the way into an archive. The target's id is then the archive's. */
export const leadsIntoArchive = (arn: string): boolean =>
  arn.startsWith('arn:') && arn.endsWith(':::') && arn.split(':')[2] === 'events';

/** The target as the service shows it. What it says of its input is not done here: an archive takes the event itself. */
function targetOf({ uid, arn, region }: Archive): TargetSettings {
  const InputTemplate =
    `{"archive-arn": "${arn}:${uid}", "event": <aws.events.event.json>, ` +
    '"ingestion-time": <aws.events.event.ingestion-time>}';
  return { Id: uid, Arn: targetArn(region), InputTransformer: { InputPathsMap: {}, InputTemplate } };
}

/** The rule that feeds an archive. */
export function archiveRule(archive: Archive, parts: Pick<Rule, 'uid' | 'since'>): Rule {
  const { account, region, bus } = archive;
  const name = archiveRuleName(archive.name);
  return {
    ...parts,
    account,
    region,
    bus,
    name,
    arn: ruleArn(region, account, bus, name),
    state: 'ENABLED',
    eventPattern: archiveRulePattern(archive.eventPattern),
    managedBy: ARCHIVER,
    createdBy: account,
    tags: [],
    targets: [targetOf(archive)],
  };
}
