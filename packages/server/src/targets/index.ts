import type { Clock, Random } from '../engine/ports/clock.ts';
import type { DocumentedConnector, TargetConnector } from '../engine/ports/connector.ts';
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
import { awsConnectors } from './aws/index.ts';
import { apiDestinationTarget } from './api-destination.ts';
import { withCommonChecks } from './busbar-parameters.ts';
import { eventBusTarget } from './event-bus.ts';
import { execTarget } from './exec/index.ts';
import { fileTarget } from './file.ts';
import { functionTarget } from './function/index.ts';
import { kafkaTarget } from './kafka/index.ts';
import { logGroupTarget } from './log-group.ts';
import { mqttTarget } from './mqtt/index.ts';
import { natsTargets } from './nats/index.ts';
import { rabbitmqTarget } from './rabbitmq/index.ts';
import { postgresTargets } from './postgres/index.ts';
import { queueTarget } from './queue.ts';
import { universalTarget } from './universal/index.ts';
import { redisTarget } from './redis/index.ts';
import { s3Target } from './s3/index.ts';

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

/** Every kind of target that Busbar delivers to. */
export function targetConnectors(reach: TargetDependencies): readonly DocumentedConnector[] {
  const connectors = [
    // Before the built-in services: a configured queue service or log service of AWS takes its ARNs.
    ...awsConnectors(reach.services, reach.http.trusted, reach.clock),
    queueTarget(reach.queues),
    logGroupTarget(reach.logs),
    eventBusTarget(reach.forwarder),
    apiDestinationTarget({ ...reach, client: reach.http.guarded, timeoutMs: reach.httpTimeoutMs }),
    functionTarget(reach.functions, reach.services, reach),
    universalTarget(reach),
    ...natsTargets(reach.services, reach),
    kafkaTarget(reach.services, reach),
    rabbitmqTarget(reach.services, reach),
    mqttTarget(reach.services, reach),
    redisTarget(reach.services, reach),
    ...postgresTargets(reach.services, reach),
    s3Target(reach.services, reach.http.trusted, reach.clock),
    fileTarget(reach.local.files),
    execTarget(reach.local.commands, reach.clock),
  ];
  return connectors.map(withCommonChecks);
}

/** The connector that serves an ARN; undefined for a kind of target that is not built. */
export function findConnector(connectors: readonly TargetConnector[], arn: Arn): TargetConnector | undefined {
  return connectors.find((connector) => connector.accepts(arn));
}
