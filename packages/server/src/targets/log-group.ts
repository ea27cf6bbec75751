import type {
  DocumentedConnector,
  SendOutcome,
  SessionContext,
  TargetSession,
} from '../engine/ports/connector.ts';
import type { LogEntry, LogGroupWriter, LogWriteSource } from '../engine/ports/log-group-writer.ts';
import { parseTemplate } from '../engine/transform/template.ts';
import type { Arn } from '../model/arn.ts';
import { limits } from '../model/limits.ts';
import { logGroupOfArn } from '../model/log-group-arn.ts';
import type { TargetSettings } from '../model/resources.ts';
import { untilAborted } from './abortable.ts';
import { logEntryMaker, parseRecord } from './log-entry.ts';
import { foreignBlock } from './parameter-blocks.ts';

/** Groups of the built-in log service: one log event a delivery, in a stream that the service chooses. */
export function logGroupTarget(writer: LogGroupWriter): DocumentedConnector {
  return {
    kind: 'log-group',
    description: 'A group of the built-in log service (CloudWatch Logs API): one log event a delivery.',
    docs: {
      title: 'CloudWatch Logs group',
      arnForm: 'arn:aws:logs:<region>:<account>:log-group:<name>',
      arnExample: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/orders',
      testedAgainst: 'the built-in log groups, on the memory and the SQLite store',
    },
    parameters: { block: undefined, fields: [] },
    accepts: (arn) => arn.service === 'logs',
    check: checkLogGroupTarget,
    open: (arn, target, context) => openSession(writer, arn, target, context),
  };
}

/** What is wrong with a target that is a log group, whoever keeps the group. */
export function checkLogGroupTarget(arn: Arn, target: TargetSettings): string | undefined {
  if (logGroupOfArn(arn) === undefined || arn.account === '' || arn.region === '') {
    return `Parameter ${arn.text} is not valid. Reason: Provided Arn is not in correct format.`;
  }
  if (target.InputPath !== undefined) return `Parameter InputPath is not valid for target ${target.Id}.`;
  const form = target.InputTransformer ? sampleOf(target.InputTransformer.InputTemplate) : target.Input;
  if (form !== undefined && !isRecordForm(form)) {
    return `Input for target ${target.Id} is not a valid JSON text.`;
  }
  return foreignBlock(target, undefined);
}

/** A template with something in place of its placeholders that fits where they stand. */
const sampleOf = (template: string): string =>
  parseTemplate(template)
    .parts.map((part) => (part.kind === 'literal' ? part.text : part.position === 'value' ? '0' : 'x'))
    .join('');

/** What a template must make: `{"timestamp": …, "message": …}` and nothing else. */
function isRecordForm(text: string): boolean {
  const value = parseRecord(text);
  return value !== undefined && Object.keys(value).sort().join() === 'message,timestamp';
}

function openSession(
  writer: LogGroupWriter,
  arn: Arn,
  target: TargetSettings,
  context: SessionContext,
): TargetSession {
  const source: LogWriteSource = {
    service: 'events.amazonaws.com',
    sourceArn: context.ruleArn,
    account: context.account,
  };
  const name = logGroupOfArn(arn) ?? '';
  const entryOf = logEntryMaker(target);
  return {
    maxBatch: limits.logGroupTargetBatch,
    maxConcurrency: limits.logGroupTargetSends,
    send: (batch, signal) =>
      untilAborted(batch.length, signal, () => sendBatch(writer, arn, name, source, batch.map(entryOf))),
    close: async () => undefined,
  };
}

const isEntry = (entry: LogEntry | SendOutcome): entry is LogEntry => 'message' in entry;

async function sendBatch(
  writer: LogGroupWriter,
  arn: Arn,
  name: string,
  source: LogWriteSource,
  entries: readonly (LogEntry | SendOutcome)[],
): Promise<SendOutcome[]> {
  const sent = entries.filter(isEntry);
  const outcomes = sent.length > 0 ? await writer.write(arn, name, sent, source) : [];
  const answered = outcomes.values();
  return entries.map((entry) => (isEntry(entry) ? answered.next().value! : entry));
}
