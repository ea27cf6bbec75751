import { parseArn } from '../../../model/arn.ts';
import type { Archive } from '../../../model/archive.ts';
import { limitExceeded, resourceAlreadyExists, validationError } from '../../../model/errors.ts';
import { defineOperation, type Call, type Operation } from '../../../model/operation.ts';
import type { EventBus } from '../../../model/resources.ts';
import { findBus } from './bus-access.ts';
import type { EventsContext } from './dependencies.ts';
import { busNotFound, ruleNotFound } from './messages.ts';

interface Input {
  readonly ReplayName: string;
  readonly Description?: string;
  readonly EventSourceArn: string;
  /** Seconds since the epoch. */
  readonly EventStartTime: number;
  readonly EventEndTime: number;
  readonly Destination: { readonly Arn: string; readonly FilterArns?: readonly string[] };
}

const ARCHIVE_PREFIX = 'archive/';
const BUS_PREFIX = 'event-bus/';
const RULE_PREFIX = 'rule/';
const MILLISECONDS = 1_000;

const invalid = (parameter: string, reason: string) =>
  validationError(`Parameter ${parameter} is not valid. Reason: ${reason}`);

const isOwn = (arn: { readonly account: string; readonly region: string }, call: Call): boolean =>
  arn.account === call.account && arn.region === call.region;

function archiveOf({ archives }: EventsContext, call: Call, text: string): Archive {
  const arn = parseArn(text);
  if (!arn?.resource.startsWith(ARCHIVE_PREFIX)) {
    throw invalid('EventSourceArn', 'Must contain an archive ARN.');
  }
  const name = arn.resource.slice(ARCHIVE_PREFIX.length);
  const found = isOwn(arn, call) ? archives.documents.get(call, name) : undefined;
  if (!found) throw invalid('EventSourceArn', `Archive ${name} does not exist.`);
  return found.document;
}

/** The archive's own bus: the service replays to no other. */
async function destinationOf(
  context: EventsContext,
  call: Call,
  text: string,
  archive: Archive,
): Promise<EventBus> {
  const arn = parseArn(text);
  if (!arn?.resource.startsWith(BUS_PREFIX)) {
    throw invalid('Destination.Arn', 'Must contain an event bus ARN.');
  }
  const name = arn.resource.slice(BUS_PREFIX.length);
  const crossBus = invalid('Destination.Arn', 'Cross event bus replay is not permitted.');
  if (!isOwn(arn, call)) throw crossBus;
  const bus = await findBus(context, { scope: call, name, foreign: false });
  if (!bus) throw busNotFound(name);
  if (name !== archive.bus) throw crossBus;
  return bus.document;
}

/** Every filter is a rule on the destination bus, which is there. */
function checkFilters({ catalog }: EventsContext, bus: EventBus, filters: readonly string[]): void {
  for (const text of filters) {
    const arn = parseArn(text);
    const name = arn?.resource.split('/').at(-1) ?? '';
    const resource = bus.name === 'default' ? RULE_PREFIX + name : `${RULE_PREFIX}${bus.name}/${name}`;
    const ofBus = arn?.account === bus.account && arn.region === bus.region && arn.resource === resource;
    if (!ofBus) {
      throw invalid('Destination.FilterArns', 'Must contain ARNs of rules on the destination event bus.');
    }
    if (!catalog.rule(bus, bus.name, name)) throw ruleNotFound(name, bus.name);
  }
}

/** StartReplay: of an archive to the rules of its own bus. */
export function startReplay(context: EventsContext): Operation {
  const { replays } = context;
  return defineOperation<Input>('StartReplay', async (input, call) => {
    const { ReplayName: name, Destination: destination } = input;
    const archive = archiveOf(context, call, input.EventSourceArn);
    const bus = await destinationOf(context, call, destination.Arn, archive);
    checkFilters(context, bus, destination.FilterArns ?? []);
    const from = Math.round(input.EventStartTime * MILLISECONDS);
    const until = Math.round(input.EventEndTime * MILLISECONDS);
    if (from >= until) throw invalid('EventEndTime', 'EventStartTime must be before EventEndTime.');
    const started = await replays.begin({
      account: call.account,
      region: call.region,
      name,
      description: input.Description || undefined,
      plan: {
        archiveArn: archive.arn,
        archiveUid: archive.uid,
        from,
        until,
        bus: bus.name,
        busLog: bus.log,
        filterArns: destination.FilterArns,
      },
    });
    if (started.status === 'taken') throw resourceAlreadyExists(`Replay ${name} already exists.`);
    if (started.status === 'full') throw limitExceeded();
    const { arn, state, startedAt } = started.replay;
    return { ReplayArn: arn, State: state, ReplayStartTime: startedAt / MILLISECONDS };
  });
}
