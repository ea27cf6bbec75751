/** An Amazon Resource Name, parsed once at the edge. `arn:partition:service:region:account:resource`. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  /** May be empty (global resources). */
  readonly region: string;
  /** Twelve digits, or empty. */
  readonly account: string;
  /** Everything behind the fifth colon, colons and slashes included. */
  readonly resource: string;
  /** The text it was parsed from. */
  readonly text: string;
}

const ARN_PARTS = 6;

/** Parses an ARN; undefined when the text is not one. */
export function parseArn(text: string): Arn | undefined {
  const parts = text.split(':');
  if (parts.length < ARN_PARTS || parts[0] !== 'arn') return undefined;
  const [, partition = '', service = '', region = '', account = ''] = parts;
  const resource = parts.slice(ARN_PARTS - 1).join(':');
  if (!partition || !service || !resource) return undefined;
  return { partition, service, region, account, resource, text };
}

/** The partition that owns a region: `aws`, `aws-cn` or `aws-us-gov`. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}

export function formatArn(service: string, region: string, account: string, resource: string): string {
  return `arn:${partitionOf(region)}:${service}:${region}:${account}:${resource}`;
}

export function eventBusArn(region: string, account: string, bus: string): string {
  return formatArn('events', region, account, `event-bus/${bus}`);
}

/** Rules of the default bus leave the bus name out. */
export function ruleArn(region: string, account: string, bus: string, rule: string): string {
  return formatArn('events', region, account, bus === 'default' ? `rule/${rule}` : `rule/${bus}/${rule}`);
}

export function queueArn(region: string, account: string, queue: string): string {
  return formatArn('sqs', region, account, queue);
}
