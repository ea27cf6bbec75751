import { Client } from './client.ts';
import { CLIENT_OPTIONS, EXIT, type Command, type Invocation } from './command.ts';
import type { Context } from './context.ts';
import { resourceOf } from './dead-letters.ts';
import { REPLAY_HEADINGS, replayRow, type ReplayAnswer } from './replay-list.ts';

/** How long the daemon watches its buses for their rates. */
const SAMPLE_MS = 500;

interface Status {
  readonly version: string;
  readonly buses: readonly {
    bus: string;
    head: string;
    cursor: string;
    lag: string;
    eventsPerSecond?: number;
  }[];
  readonly busCount: number;
  readonly lanes: readonly {
    rule: string;
    target: string;
    replay?: string;
    pending: number;
    backlog: number;
    breaker: string;
    probeAt?: string;
    faults: Readonly<Record<string, number>>;
    lastError?: { at: string; code: string; reason: string };
  }[];
  readonly laneCount: number;
  readonly replays: readonly ReplayAnswer[];
  readonly replayCount: number;
  readonly queues: readonly { arn: string; visible: number; inFlight: number; delayed: number }[];
  readonly queueCount: number;
  readonly totals?: Readonly<Record<string, number>>;
}

export const status: Command = {
  name: 'status',
  summary: 'show what the daemon is doing: buses, lanes, replays, queues, totals',
  usage: ['status [options]'],
  description: [
    'A bus lags by the events between its end and the point up to which all deliveries are done or durable. A lane is\n' +
      'the queue in front of one target; one that has been idle for a while is not shown. Its breaker opens when the target\n' +
      'fails again and again; probes then look whether it is back. Totals and failed attempts count since the start.',
  ],
  options: CLIENT_OPTIONS,
  positionals: { min: 0, max: 0 },
  examples: ['busbar status', 'busbar status --json | jq \'.buses[] | select(.lag != "0")\''],
  exits: {},
  run,
};

async function run(invocation: Invocation, context: Context): Promise<number> {
  const { output } = context;
  const client = Client.of(invocation, context);
  const status = await client.get<Status>('/status', { sampleMs: String(SAMPLE_MS) });
  if (invocation.flags['json'] === true) {
    await output.json(status);
    return EXIT.ok;
  }
  const section = (title: string, shown: number, count: number): Promise<void> =>
    output.line(output.style('bold', shown < count ? `${title} (${shown} of ${count})` : title));
  await output.line(`${output.style('bold', 'busbar')} ${status.version}`);
  await section('buses', status.buses.length, status.busCount);
  await output.table(
    ['BUS', 'ACCOUNT', 'REGION', 'HEAD', 'CURSOR', 'LAG', 'PER SECOND'],
    status.buses.map(({ bus, head, cursor, lag, eventsPerSecond }) => [
      resourceOf(bus).replace(/^event-bus\//, ''),
      ...placeOf(bus),
      head,
      cursor,
      lag,
      String(eventsPerSecond ?? ''),
    ]),
  );
  await showLanes(status, section, context);
  if (status.replays.length > 0) {
    await section('replays', status.replays.length, status.replayCount);
    await output.table(REPLAY_HEADINGS, status.replays.map(replayRow));
  }
  if (status.queues.length > 0) {
    await section('queues', status.queues.length, status.queueCount);
    await output.table(
      ['QUEUE', 'ACCOUNT', 'REGION', 'VISIBLE', 'IN FLIGHT', 'DELAYED'],
      status.queues.map(({ arn, visible, inFlight, delayed }) => [
        resourceOf(arn),
        ...placeOf(arn),
        ...[visible, inFlight, delayed].map(String),
      ]),
    );
  }
  if (status.totals) {
    await section('totals', 0, 0);
    await output.table(
      ['WHAT', 'COUNT'],
      Object.entries(status.totals).map(([name, count]) => [name, String(count)]),
    );
  }
  return EXIT.ok;
}

async function showLanes(
  { lanes, laneCount }: Status,
  section: (title: string, shown: number, count: number) => Promise<void>,
  { output }: Context,
): Promise<void> {
  if (lanes.length === 0) return;
  await section('lanes', lanes.length, laneCount);
  await output.table(
    ['RULE', 'TARGET', 'PENDING', 'BACKLOG', 'BREAKER', 'FAILED ATTEMPTS', 'LAST ERROR'],
    lanes.map(({ rule, target, replay, pending, backlog, breaker, probeAt, faults, lastError }) => [
      resourceOf(rule).replace(/^rule\//, '') + (replay === undefined ? '' : ` (replay ${replay})`),
      resourceOf(target),
      String(pending),
      String(backlog),
      probeAt === undefined ? breaker : `${breaker} until ${probeAt}`,
      faultsOf(faults),
      lastError ? `${lastError.at} ${lastError.code}: ${lastError.reason}` : '',
    ]),
  );
}

/** `12 transient, 3 throttled` */
const faultsOf = (faults: Readonly<Record<string, number>>): string =>
  Object.entries(faults)
    .filter(([, count]) => count > 0)
    .map(([fault, count]) => `${count} ${fault}`)
    .join(', ');

/** Account and region of an ARN. */
function placeOf(arn: string): [string, string] {
  const [, , , region = '', account = ''] = arn.split(':');
  return [account, region];
}
