import { shapeOf, type ServiceModel, type Shape } from '../../src/model/service-model.ts';
import type { Seeded } from './seeded.ts';

/** Names that mean something to the daemon under test, so that requests get beyond the first check. */
export const KNOWN = {
  bus: 'shop',
  rule: 'to-queue',
  queue: 'plain',
  fifo: 'ordered.fifo',
  group: '/busbar/lines',
  stream: 'stream',
  scheduleGroup: 'reports',
  schedule: 'daily',
  role: 'arn:aws:iam::000000000000:role/scheduler',
  account: '000000000000',
  region: 'us-east-1',
} as const;

export const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:${KNOWN.region}:${KNOWN.account}:${resource}`;

const MEANINGFUL = [
  KNOWN.bus,
  KNOWN.rule,
  KNOWN.queue,
  KNOWN.fifo,
  KNOWN.group,
  KNOWN.stream,
  KNOWN.account,
  'default',
  arn('events', `event-bus/${KNOWN.bus}`),
  arn('events', `rule/${KNOWN.bus}/${KNOWN.rule}`),
  arn('sqs', KNOWN.queue),
  arn('sqs', KNOWN.fifo),
  arn('logs', `log-group:${KNOWN.group}:*`),
  `http://localhost/${KNOWN.account}/${KNOWN.queue}`,
  `http://localhost/${KNOWN.account}/${KNOWN.fifo}`,
  '{"source":["shop"]}',
  '{"detail":{"a":[{"prefix":"x"},{"numeric":[">",0,"<=",1e6]},{"anything-but":{"wildcard":"*a*b*"}}]}}',
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"events:PutEvents","Resource":"*"}]}',
  `{"deadLetterTargetArn":"${arn('sqs', KNOWN.queue)}","maxReceiveCount":"1"}`,
  'rate(5 minutes)',
  'cron(0 12 * * ? *)',
  'All',
  'ENABLED',
  'VisibilityTimeout',
  '30',
  '0',
  '1',
  'true',
];

/** What members of these names want: a request with them gets to the bottom of its operation. */
const FITTING: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^ScheduleExpression$/, ['rate(1 day)', 'cron(30 2 ? * MON-FRI *)', 'at(2199-01-01T00:00:00)']],
  [/^ScheduleExpressionTimezone$/, ['UTC', 'Europe/Paris', 'Asia/Kolkata']],
  [/^GroupName$/, [KNOWN.scheduleGroup, 'default']],
  [/^ResourceArn$/, [arn('scheduler', `schedule-group/${KNOWN.scheduleGroup}`)]],
  [/^RoleArn$/, [KNOWN.role]],
  [/^ClientToken$/, ['t1', 't2']],
  [/^(EventBusName|EventSourceArn)$/, [KNOWN.bus, 'default', arn('events', `event-bus/${KNOWN.bus}`)]],
  [/^(Rule|RuleName)$/, [KNOWN.rule, 'other']],
  [
    /^QueueUrl$/,
    [`http://localhost/${KNOWN.account}/${KNOWN.queue}`, `http://localhost/${KNOWN.account}/${KNOWN.fifo}`],
  ],
  [
    /^(TargetArn|SourceArn|DestinationArn|Arn|ResourceARN|resourceArn)$/i,
    [...MEANINGFUL.slice(8, 13), 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage'],
  ],
  [/^(logGroupName|logGroupIdentifier)$/, [KNOWN.group, '/busbar/other']],
  [/^logStreamName/, [KNOWN.stream, 'other']],
  [/^(EventPattern|filterPattern)$/, MEANINGFUL.slice(15, 17)],
  [/^(Detail|Event)$/, ['{}', '{"a":"x"}', '{"source":"shop","detail":{"a":"xayb"}}']],
  [/^Policy(Document)?$/i, MEANINGFUL.slice(17, 18)],
  [
    /^(Source|DetailType|MessageBody|message|Id|Label|Sid|StatementId|Key|Value|MessageGroupId)$/,
    ['shop', 'a', 'b', 'c'],
  ],
  [
    /^(Name|QueueName|MessageDeduplicationId)$/,
    ['n1', 'n2', 'n3', KNOWN.bus, KNOWN.rule, KNOWN.schedule, KNOWN.scheduleGroup],
  ],
];
const FITTING_CHANCE = 0.85;

/** Texts that parsers, matchers and stores trip over. Each is made when it is asked for: some are large. */
const HOSTILE: readonly ((chance: Seeded) => string)[] = [
  () => '',
  () => ' ',
  () => '\u0000',
  () => '\ud800',
  () => 'a\udfffb\ud83d\ude00',
  () => '../../../etc/passwd',
  () => '${jndi:ldap://x}',
  () => "'; DROP TABLE catalog; --",
  () => '%00%ff%c0%af',
  () => '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  () => '-1',
  () => '1e999',
  () => '9'.repeat(400),
  () => '0x10',
  () => 'NaN',
  () => '[object Object]',
  () => '__proto__',
  () => 'constructor',
  () => 'arn:aws:sqs',
  () => 'arn:::::::::',
  () => `arn:aws:sqs:${'x'.repeat(2_000)}`,
  () => '['.repeat(100_000),
  () => '{"a":'.repeat(100_000),
  () => `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  () => `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
  () => `{"detail":${'{"a":'.repeat(3_000)}["x"]${'}'.repeat(3_000)}}`,
  () => `{"$or":[${'{"$or":['.repeat(500)}${']}'.repeat(500)}]}`,
  () => `{"a":[{"wildcard":"${'*a'.repeat(2_000)}*"}]}`,
  () => `{"a":${'1'.repeat(5_000)}}`,
  () => '{"a":1,"a":2}',
  () => '{"a":"\\ud800"}',
  () => `{${Array.from({ length: 2_000 }, (_, n) => `"k${n}":${n}`).join()}}`,
  () => `${'<a'.repeat(5_000)}>`,
  () => 'cron(* * * * * * * * * *)',
  () => 'rate(99999999999999999999 days)',
  (chance) => chance.word(1 + chance.below(3_000)),
  (chance) => 'é'.repeat(1 + chance.below(300)),
  (chance) => chance.bytes(chance.below(200)).toString('latin1'),
];

export function hostileText(chance: Seeded): string {
  return chance.pick(HOSTILE)(chance);
}

/** JSON that no string can stand for: as it is sent. */
const RAW_VALUES: readonly string[] = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '-1',
  '1e400',
  '-1e400',
  '1.5',
  '9007199254740993',
  '1E-400',
  '{}',
  '[]',
  '[[]]',
  '[null]',
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"toString":null}',
  '"\\ud800"',
  '{"\\ud800":1}',
  '{"":""}',
  '2147483648',
  '-2147483649',
  '12345678901234567890',
  '9'.repeat(1_000),
  `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
];

const MAX_DEPTH = 8;
/** Far more than any request may be; without an end, lists of lists of large texts outgrow what a string can hold. */
const MAX_INPUT_CHARS = 20_000_000;

/** The JSON text of a value for a shape: mostly of the right type and meaningful, often not. */
export function inputText(model: ServiceModel, name: string, chance: Seeded, hostility: number): string {
  let charsLeft = MAX_INPUT_CHARS;
  const make = (shape: string, member: string, depth: number): string => {
    if (charsLeft < 0) return 'null';
    const text = valueText(shapeOf(model, shape), member, chance, hostility, depth, make);
    if (depth > 0) charsLeft -= text.length;
    return text;
  };
  return make(name, '', 0);
}

function valueText(
  shape: Shape,
  member: string,
  chance: Seeded,
  hostility: number,
  depth: number,
  make: (shape: string, member: string, depth: number) => string,
): string {
  if (chance.chance(hostility * 0.4)) return chance.pick(RAW_VALUES);
  const inner = (of: string, called = member): string => make(of, called, depth + 1);
  switch (shape.type) {
    case 'structure':
      return depth > MAX_DEPTH ? '{}' : structureText(shape, inner, chance);
    case 'list':
      return depth > MAX_DEPTH
        ? '[]'
        : `[${Array.from({ length: lengthOf(chance) }, () => inner(shape.member!)).join()}]`;
    case 'map':
      return `{${Array.from({ length: lengthOf(chance) }, () => `${inner(shape.key!)}:${inner(shape.value!)}`).join()}}`;
    case 'string':
      return JSON.stringify(stringFor(shape, member, chance, hostility));
    case 'boolean':
      return chance.pick(['true', 'false']);
    case 'blob':
      return JSON.stringify(chance.chance(0.5) ? 'AAE=' : hostileText(chance));
    default:
      return chance.pick(['0', '1', '2', '10', String(shape.min ?? 0), String(shape.max ?? 5), '-1', '1e9']);
  }
}

const lengthOf = (chance: Seeded): number => (chance.chance(0.02) ? 500 : chance.below(4));

function stringFor(shape: Shape, member: string, chance: Seeded, hostility: number): string {
  if (chance.chance(hostility)) return hostileText(chance);
  const fitting = FITTING.find(([name]) => name.test(member))?.[1];
  if (fitting && chance.chance(FITTING_CHANCE)) return chance.pick(fitting);
  return shape.enum && chance.chance(0.8) ? chance.pick(shape.enum) : chance.pick(MEANINGFUL);
}

function structureText(shape: Shape, inner: (of: string, member: string) => string, chance: Seeded): string {
  const required = new Set(shape.required);
  const members = Object.entries(shape.members ?? {})
    .filter(([member]) => chance.chance(required.has(member) ? 0.93 : 0.3))
    // A long poll waits for up to twenty seconds, and nothing is learned from that.
    .map(
      ([member, of]) =>
        `"${member}":${member === 'WaitTimeSeconds' ? chance.pick(['0', '-1', '21', '"x"']) : inner(of, member)}`,
    );
  if (chance.chance(0.05)) members.push(`${JSON.stringify(hostileText(chance))}:${chance.pick(RAW_VALUES)}`);
  return `{${members.join()}}`;
}

/** The same input as a form of the query protocol, as far as it can be told in one, with some keys bent. */
export function formText(input: unknown, chance: Seeded): string[] {
  const pairs: string[] = [];
  flatten('', input, 0, (key, value) => {
    const bent = chance.chance(0.05)
      ? `${key}.${chance.pick(['0', '-1', '99999999999', '1.1.1', '', '__proto__', 'x'])}`
      : key;
    pairs.push(`${encode(bent)}=${encode(value)}`);
  });
  return pairs;
}

const FORM_DEPTH = 20;

function flatten(
  prefix: string,
  value: unknown,
  depth: number,
  add: (key: string, value: string) => void,
): void {
  if (depth > FORM_DEPTH || value === null || value === undefined) return;
  if (typeof value !== 'object') {
    add(prefix, String(value as string | number | boolean));
    return;
  }
  const dot = prefix === '' ? '' : `${prefix}.`;
  if (Array.isArray(value))
    value.forEach((item, index) => flatten(`${dot}${index + 1}`, item, depth + 1, add));
  else for (const [key, item] of Object.entries(value)) flatten(`${dot}${key}`, item, depth + 1, add);
}

/** Lone surrogates cannot be encoded: they travel as what stands for them. */
const encode = (text: string): string => encodeURIComponent(text.toWellFormed());
