// The loop of every service: receive, act, delete. It runs until its process is ended.
import { setTimeout as pause } from 'node:timers/promises';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { clientsOf } from '../../clients.ts';
import { Book } from '../book.ts';
import type { Order } from '../order.ts';

/** What a service does with an order, as a line to print and what to write into its book. */
export interface Work {
  readonly service: string;
  readonly done: (order: Order) => string;
  /** How long it takes after the book is written, before the message is deleted: where a crash hurts most. */
  readonly afterwardsMs?: number;
}

/** Serves the queue that the command line names: `<url of the daemon> <url of the queue> <folder of the book>`. */
export async function consume({ service, done, afterwardsMs = 0 }: Work): Promise<never> {
  const [daemonUrl, queueUrl, folder] = process.argv.slice(2);
  const { queues } = clientsOf(daemonUrl!);
  const book = new Book(folder!, service);
  console.log('up');
  for (;;) {
    const { Messages = [] } = await queues.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 20 }),
    );
    for (const { Body, ReceiptHandle } of Messages) {
      const order = (JSON.parse(Body!) as { detail: Order }).detail;
      if (book.has(order.id)) console.log(`${order.id} came again: known, nothing to do`);
      else {
        book.add({ order: order.id, amount: order.total });
        console.log(done(order));
        await pause(afterwardsMs);
      }
      await queues.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
  }
}
