// Card payments go onto a bus; one rule picks those that are worth a second look. Busbar runs inside this program.
//   node examples/fraud-filter/main.ts
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { startBusbar, type RunningBusbar } from 'busbar';
import { clientsOf, type Clients } from '../clients.ts';
import { SUSPICIOUS } from './rule.ts';
import { TRANSACTIONS, type Transaction } from './transactions.ts';

const RULE = 'suspicious-payments';
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:second-look';
const COMMAND = join(import.meta.dirname, '../../packages/server/bin/busbar.mjs');

const say = (line: string): void => console.log(line);

function describe({ id, amount, place, shipTo }: Transaction): string {
  const where = place === undefined ? `over the internet, to ${shipTo}` : `in ${place}`;
  return `${id.padEnd(10)} ${String(amount).padStart(6)}  ${where}`;
}

async function wire({ events, queues }: Clients): Promise<string> {
  const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: 'second-look' }));
  await events.send(new PutRuleCommand({ Name: RULE, EventPattern: SUSPICIOUS }));
  await events.send(new PutTargetsCommand({ Rule: RULE, Targets: [{ Id: 'queue', Arn: QUEUE_ARN }] }));
  return QueueUrl!;
}

async function publish({ events }: Clients, transactions: readonly Transaction[]): Promise<void> {
  const { FailedEntryCount } = await events.send(
    new PutEventsCommand({
      Entries: transactions.map((transaction) => ({
        Source: 'bank.cards',
        DetailType: 'CardCharged',
        Detail: JSON.stringify(transaction),
      })),
    }),
  );
  if (FailedEntryCount !== 0) throw new Error('not every payment was taken');
}

/** Reads the queue until nothing has come for a second. */
async function readAll({ queues }: Clients, url: string): Promise<Transaction[]> {
  const found: Transaction[] = [];
  for (;;) {
    const { Messages = [] } = await queues.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    if (Messages.length === 0) return found;
    for (const { Body, ReceiptHandle } of Messages) {
      found.push((JSON.parse(Body!) as { detail: Transaction }).detail);
      await queues.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
    }
  }
}

/** What `busbar explain` prints about a payment. Its exit code is 1 for an event that does not match. */
function explain(bus: RunningBusbar, detail: Transaction): Promise<string> {
  const event = JSON.stringify({ source: 'bank.cards', 'detail-type': 'CardCharged', detail });
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [COMMAND, 'explain', '--rule', RULE, event],
      { env: { ...process.env, ...bus.env } },
      (error, stdout, stderr) => {
        if (error && error.code !== 1) reject(new Error(stderr));
        else resolve(stdout.trimEnd());
      },
    );
  });
}

await using bus = await startBusbar();
const clients = clientsOf(bus.url);
const url = await wire(clients);

say('The rule:\n');
say(SUSPICIOUS);
say('\nPublished:\n');
for (const transaction of TRANSACTIONS) say(`  ${describe(transaction)}`);
await publish(clients, TRANSACTIONS);

say('\nIn the queue for a second look:\n');
const found = await readAll(clients, url);
for (const transaction of found) say(`  ${describe(transaction)}`);

for (const id of ['furniture', 'hotel']) {
  say(`\nWhy not ${id}? busbar explain --rule ${RULE} …\n`);
  say(
    await explain(
      bus,
      TRANSACTIONS.find((transaction) => transaction.id === id)!,
    ),
  );
}
clients.events.destroy();
clients.queues.destroy();
