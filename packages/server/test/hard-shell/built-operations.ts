import { eventsOperations } from '../../src/api/operations/events/index.ts';
import { schedulerOperations } from '../../src/api/operations/scheduler/index.ts';
import type { Operation } from '../../src/model/operation.ts';
import { serviceModel, type ServiceModel } from '../../src/model/service-model.ts';
import { functionOperations } from '../../src/services/functions/index.ts';
import { logsOperations } from '../../src/services/logs/index.ts';
import { queueOperations } from '../../src/services/queue/index.ts';
import { stsOperations } from '../../src/services/sts/index.ts';

export interface BuiltOperation {
  readonly model: ServiceModel;
  readonly operation: string;
}

/** Stands for whatever an operation is made over: only the names are wanted. */
const anything: never = new Proxy(() => undefined, {
  get: (_, name) => (name === Symbol.toPrimitive ? () => '' : anything),
  apply: () => anything,
}) as never;

/** Spread by the list itself, so that the names have to stand here. */
const EVENTS_NEEDS = {
  catalog: anything,
  ingest: anything,
  clock: anything,
  random: anything,
  metrics: anything,
  logger: anything,
  quotas: anything,
  connections: anything,
  archives: anything,
  replays: anything,
  targets: anything,
};

/** Every operation that the daemon serves: none of them may answer that it is not implemented. */
export function builtOperations(): BuiltOperation[] {
  const services: Readonly<Record<string, readonly Operation[]>> = {
    events: eventsOperations({ ...EVENTS_NEEDS }),
    lambda: functionOperations(anything),
    logs: logsOperations(anything),
    scheduler: schedulerOperations(anything),
    sqs: queueOperations(anything),
    sts: stsOperations(),
  };
  return Object.entries(services).flatMap(([service, operations]) =>
    operations.map(({ name }) => ({ model: serviceModel(service)!, operation: name })),
  );
}
