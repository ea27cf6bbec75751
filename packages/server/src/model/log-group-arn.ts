import { formatArn, type Arn } from './arn.ts';

const PREFIX = 'log-group:';
/** What stands behind a group's name where all of its streams are meant. */
const ALL_STREAMS = ':*';

export function logGroupArn(region: string, account: string, group: string): string {
  return formatArn('logs', region, account, PREFIX + group);
}

export function logStreamArn(groupArn: string, stream: string): string {
  return `${groupArn}:log-stream:${stream}`;
}

const NAME = /^[.\-_/#A-Za-z0-9]{1,512}$/;

/** The name in `arn:aws:logs:R:A:log-group:name` or `…:name:*`; undefined for an ARN of anything else. */
export function logGroupOfArn(arn: Arn): string | undefined {
  if (arn.service !== 'logs' || !arn.resource.startsWith(PREFIX)) return undefined;
  const rest = arn.resource.slice(PREFIX.length);
  const name = rest.endsWith(ALL_STREAMS) ? rest.slice(0, -ALL_STREAMS.length) : rest;
  return NAME.test(name) ? name : undefined;
}
