import { createRequire } from 'node:module';
import type { Clock, Random } from '../engine/ports/clock.ts';
import type { TargetConnector } from '../engine/ports/connector.ts';
import type { DestinationAccess } from '../engine/ports/destination-access.ts';
import type { EventForwarder } from '../engine/ports/event-forwarder.ts';
import type { FunctionInvoker } from '../engine/ports/function-invoker.ts';
import type { HttpClients } from '../engine/ports/http-client.ts';
import type { LocalApis } from '../engine/ports/local-apis.ts';
import type { LogGroupWriter } from '../engine/ports/log-group-writer.ts';
import type { QueueSender } from '../engine/ports/queue-sender.ts';
import type { Arn } from '../model/arn.ts';
import type { LocalAccess } from '../model/local-settings.ts';
import type { ServiceDirectory } from '../model/service-settings.ts';
import type * as Aws from './aws/index.ts';
import type * as ApiDestination from './api-destination.ts';
import type * as EventBus from './event-bus.ts';
import type * as Exec from './exec/index.ts';
import type * as File from './file.ts';
import type * as Functions from './function/index.ts';
import type * as Kafka from './kafka/index.ts';
import type * as LogGroup from './log-group.ts';
import type * as Mqtt from './mqtt/index.ts';
import type * as Nats from './nats/index.ts';
import type * as Postgres from './postgres/index.ts';
import type * as Queue from './queue.ts';
import type * as RabbitMq from './rabbitmq/index.ts';
import type * as Redis from './redis/index.ts';
import type * as S3 from './s3/index.ts';
import type * as Universal from './universal/index.ts';
import { Family } from './family.ts';

/** What connectors reach inside of the daemon. */
export interface TargetDependencies {
  readonly queues: QueueSender;
  readonly logs: LogGroupWriter;
  readonly forwarder: EventForwarder;
  readonly functions: FunctionInvoker;
  readonly apis: LocalApis;
  readonly http: HttpClients;
  readonly destinations: DestinationAccess;
  readonly httpTimeoutMs: number;
  /** Other systems, as the operator has configured them. */
  readonly services: ServiceDirectory;
  readonly local: LocalAccess;
  readonly clock: Clock;
  readonly random: Random;
}

/** Loads at once: whether a target can be put is to be answered there and then. */
const load = createRequire(import.meta.url);

/** Services that Busbar has itself. */
const BUILT_IN: ReadonlySet<string> = new Set(['events', 'lambda', 'logs', 'scheduler', 'sqs']);

/** Whether an ARN may be that of another server: of a service that is built in only if that has an entry in `services`. */
const mayBeElsewhere =
  (services: ServiceDirectory) =>
  ({ partition, service, resource }: Arn): boolean =>
    partition !== 'busbar' &&
    (!BUILT_IN.has(service) || services[service] !== undefined || resource.startsWith('target/'));

const isOf =
  (service: string) =>
  (arn: Arn): boolean =>
    arn.service === service;

/** Every kind of target that Busbar delivers to. */
export const targetFamilies = (reach: TargetDependencies): readonly Family[] => [
  ...ofAws(reach),
  ...ofOthers(reach),
];

/** What AWS has: where an ARN of a built-in service leads elsewhere, `aws/` comes first. */
function ofAws(reach: TargetDependencies): readonly Family[] {
  const { services, http, clock } = reach;
  return [
    new Family(mayBeElsewhere(services), () =>
      (load('./aws/index.ts') as typeof Aws).awsConnectors(services, http.trusted, clock),
    ),
    new Family(isOf('sqs'), () => [(load('./queue.ts') as typeof Queue).queueTarget(reach.queues)]),
    new Family(isOf('logs'), () => [(load('./log-group.ts') as typeof LogGroup).logGroupTarget(reach.logs)]),
    new Family(isOf('events'), () => [
      (load('./event-bus.ts') as typeof EventBus).eventBusTarget(reach.forwarder),
      (load('./api-destination.ts') as typeof ApiDestination).apiDestinationTarget({
        ...reach,
        client: http.guarded,
        timeoutMs: reach.httpTimeoutMs,
      }),
    ]),
    new Family(isOf('lambda'), () => [
      (load('./function/index.ts') as typeof Functions).functionTarget(reach.functions, services, reach),
    ]),
    new Family(isOf('scheduler'), () => [
      (load('./universal/index.ts') as typeof Universal).universalTarget(reach),
    ]),
  ];
}

/** What people run themselves. */
function ofOthers(reach: TargetDependencies): readonly Family[] {
  const { services, http, clock, local } = reach;
  return [
    new Family(isOf('nats'), () => (load('./nats/index.ts') as typeof Nats).natsTargets(services, reach)),
    new Family(isOf('kafka'), () => [
      (load('./kafka/index.ts') as typeof Kafka).kafkaTarget(services, reach),
    ]),
    new Family(isOf('rabbitmq'), () => [
      (load('./rabbitmq/index.ts') as typeof RabbitMq).rabbitmqTarget(services, reach),
    ]),
    new Family(isOf('mqtt'), () => [(load('./mqtt/index.ts') as typeof Mqtt).mqttTarget(services, reach)]),
    new Family(isOf('redis'), () => [
      (load('./redis/index.ts') as typeof Redis).redisTarget(services, reach),
    ]),
    new Family(isOf('postgres'), () =>
      (load('./postgres/index.ts') as typeof Postgres).postgresTargets(services, reach),
    ),
    new Family(isOf('s3'), () => [
      (load('./s3/index.ts') as typeof S3).s3Target(services, http.trusted, clock),
    ]),
    new Family(isOf('file'), () => [(load('./file.ts') as typeof File).fileTarget(local.files)]),
    new Family(isOf('exec'), () => [
      (load('./exec/index.ts') as typeof Exec).execTarget(local.commands, clock),
    ]),
  ];
}

/** The connector that serves an ARN; undefined for a kind of target that is not built. */
export function findConnector(connectors: readonly TargetConnector[], arn: Arn): TargetConnector | undefined {
  return connectors.find((connector) => connector.accepts(arn));
}
