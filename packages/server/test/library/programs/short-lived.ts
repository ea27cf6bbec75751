// Does everything a test would and ends without `process.exit`: the process must end by itself.
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { startBusbar } from 'busbar';

const data = process.argv[2]!;
{
  await using bus = await startBusbar({ data });
  // Left open on purpose: an idle keep-alive connection must hold up neither the stop nor the process.
  const events = new EventBridgeClient({
    endpoint: bus.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const entry = { Source: 'shop', DetailType: 'OrderPlaced', Detail: '{}' };
  await events.send(new PutEventsCommand({ Entries: [entry] }));
  // Fails after the store and the engine have started: they must not stay behind.
  const port = Number(new URL(bus.url).port);
  await startBusbar({ port }).catch((error: NodeJS.ErrnoException) => console.log(error.code));
}
console.log('stopped');
