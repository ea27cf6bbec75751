import { defineOperation, type Operation } from '../../../model/operation.ts';
import { busReference, enterBus } from './bus-access.ts';
import { busSettings, busSummary } from './bus-output.ts';
import type { EventsContext } from './dependencies.ts';

interface Input {
  readonly Name?: string;
}

/** DescribeEventBus: by name or ARN; absent means the default bus. */
export function describeEventBus(context: EventsContext): Operation {
  return defineOperation<Input>('DescribeEventBus', async (input, call) => {
    const reference = busReference(input.Name, call);
    const { document: bus } = await enterBus(context, call, reference, (arn) => ({
      action: 'events:DescribeEventBus',
      resource: arn,
    }));
    return { ...busSummary(bus), ...busSettings(bus) };
  });
}
