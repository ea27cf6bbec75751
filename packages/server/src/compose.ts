// Puts the daemon together: the only file that names concrete targets and services.
import { createFrontDoor } from './api/http/front-door.ts';
import { localApis } from './api/local-apis.ts';
import { eventsOperations } from './api/operations/events/index.ts';
import { schedulerOperations } from './api/operations/scheduler/index.ts';
import { systemClock } from './clock.ts';
import type { StatusParts } from './api/admin/status.ts';
import { environmentOfFunctions, type Config } from './config.ts';
import { secretKeysOf } from './config/secret-key.ts';
import { httpAccessOf } from './config/targets.ts';
import { openClock } from './daemon-clock.ts';
import { Connections } from './engine/connections/connections.ts';
import { destinationAccess } from './engine/connections/destination-access.ts';
import { Engine } from './engine/engine.ts';
import { Metrics } from './engine/metrics.ts';
import type { Clock, Random } from './engine/ports/clock.ts';
import type { DocumentedConnector } from './engine/ports/connector.ts';
import type { HttpClients } from './engine/ports/http-client.ts';
import type { LocalApis } from './engine/ports/local-apis.ts';
import { silentLogger, type Logger } from './engine/ports/logger.ts';
import type { Tracing } from './engine/ports/tracing.ts';
import type { Storage } from './engine/ports/storage.ts';
import { serviceEvents } from './engine/service-events.ts';
import type { Arn } from './model/arn.ts';
import type { Operation } from './model/operation.ts';
import { inMemory, loadStorage } from './open-storage.ts';
import { systemRandom } from './random.ts';
import {
  createFunctionService,
  functionOperations,
  type FunctionService,
} from './services/functions/index.ts';
import { createLogsService, logsOperations, type LogsService } from './services/logs/index.ts';
import { createQueueService, queueOperations, type QueueService } from './services/queue/index.ts';
import { stsOperations } from './services/sts/index.ts';
import { observeStorage, type ObservedStorage } from './observed-storage.ts';
import { openSecretBox } from './store/secrets/index.ts';
import { createOAuthClient } from './targets/http/oauth-client.ts';
import { createHttpClients } from './targets/http/index.ts';
import type { Family } from './targets/family.ts';
import { findConnector, targetFamilies } from './targets/index.ts';
import { version } from './version.ts';

const MS_PER_HOUR = 3_600_000;
const BYTES_PER_MEGABYTE = 1_048_576;

/** What a caller may bring instead of the machine's own. */
export interface Ambient {
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly random?: Random;
  /** The store of this configuration, when somebody has begun to open it already. */
  readonly storage?: Promise<Storage>;
}

/** A daemon that listens. */
export interface Busbar {
  /** `http://host:port` */
  readonly url: string;
  readonly engine: Engine;
  readonly built: Built;
  /** Drains requests and deliveries for at most `drainMs`, then closes the store. */
  stop(drainMs: number): Promise<void>;
}

/** What this daemon can do, for the documentation. */
export interface Built {
  /** Names of operations, by the short name of their service. */
  readonly operations: Readonly<Record<string, readonly string[]>>;
  /** Reading it loads all of them. */
  readonly targets: readonly Pick<DocumentedConnector, 'kind' | 'description' | 'parameters' | 'docs'>[];
}

/** Stops a part of the daemon; waits at most `drainMs` for what is under way. */
type Stop = (drainMs: number) => Promise<void>;

/** Starts everything that a configuration asks for; resolves when it listens. What was opened is closed again on failure. */
export async function startBusbar(config: Config, ambient: Ambient = {}): Promise<Busbar> {
  const machine = ambient.clock ?? systemClock();
  const random = ambient.random ?? systemRandom();
  const logger = ambient.logger ?? silentLogger;
  const metrics = new Metrics();
  const { storage, busy: storing } = observed(
    await (ambient.storage ?? (await loadStorage(config))(logger)),
    config.devClock,
  );
  // What has been opened so far, from the inside out.
  const opened: Stop[] = [() => storage.close()];
  try {
    const { clock, mover } = await openClock(machine, config.devClock, storage.catalog, logger);
    const tracing = await openTracing(config, random, opened);
    let url = '';
    let services: Services = {};
    const apis = localApis(
      () => services,
      () => url,
    );
    const needs: EngineNeeds = { storage, clock, random, logger, metrics, tracing };
    const companions = await openCompanions(config, needs, opened, () => url);
    const { queues, connections } = companions;
    const { engine, families } = await startEngine(config, needs, companions, apis);
    opened.push((drainMs) => engine.stop(drainMs));
    if (mover) mover.busy = () => storing() || engine.busy;
    services = operationsOf(config, needs, companions, engine, families);
    const door = createFrontDoor({
      services,
      auth: authOf(config),
      // Signatures are made by the clocks of others, which nobody moves.
      clock: machine,
      random,
      logger,
      metrics,
      version,
      readiness: () => true,
      loadAdmin: async () => {
        const { adminRoutes } = await import('./api/admin/index.ts');
        return adminRoutes({ ...needs, engine, mover, version, queues: depthsOf(queues), connections });
      },
    });
    const { port } = await door.listen(config.port, config.host);
    opened.push((drainMs) => door.drain(drainMs));
    url = urlOf(config.host, port);
    return {
      url,
      engine,
      built: builtOf(services, families),
      stop: (drainMs) => {
        mover?.end();
        return stopAll(opened, drainMs);
      },
    };
  } catch (error) {
    await stopAll(opened, 0);
    throw error;
  }
}

const authOf = ({ auth, accounts, account, region }: Config) => ({
  mode: auth,
  accounts,
  defaultAccount: account,
  defaultRegion: region,
});

/** Everything that the front door serves, by the short name of its service. */
type Services = Readonly<Record<string, readonly Operation[]>>;

function operationsOf(
  config: Config,
  { clock, random, metrics, logger, tracing }: EngineNeeds,
  { queues, logs, functions, connections }: Companions,
  { catalog, ingest, scheduler, archives, replays }: Engine,
  families: readonly Family[],
): Services {
  const targets = { find: (arn: Arn) => findConnector(families, arn) };
  const { quotas } = config;
  return {
    events: eventsOperations({
      catalog,
      ingest,
      clock,
      random,
      metrics,
      logger,
      quotas,
      targets,
      connections,
      archives,
      replays,
      tracing,
    }),
    lambda: functionOperations(functions),
    logs: logsOperations(logs),
    scheduler: schedulerOperations({ scheduler, clock, random, targets }),
    sqs: queueOperations(queues),
    sts: stsOperations(),
  };
}

const builtOf = (services: Services, families: readonly Family[]): Built => ({
  operations: Object.fromEntries(
    Object.entries(services).map(([service, operations]) => [service, operations.map(({ name }) => name)]),
  ),
  get targets() {
    return families.flatMap(({ members }) => members);
  },
});

/** Who moves the clock has to know when the store is done with what is due. */
const observed = (storage: Storage, movable: boolean): ObservedStorage =>
  movable ? observeStorage(storage) : { storage, busy: () => false };

/** Loaded only when it is used: the libraries behind it take a fifth of a second. */
async function openTracing(
  { otlpEndpoint: endpoint, traceRatio: ratio }: Config,
  random: Random,
  opened: Stop[],
): Promise<Tracing | undefined> {
  if (endpoint === 'none') return undefined;
  const { openTracing: open } = await import('./tracing.ts');
  const exported = await open({ endpoint, ratio, version }, random);
  opened.push((drainMs) => exported.stop(drainMs));
  return exported.tracing;
}

/** The depth of queues, for the status. */
function depthsOf(queues: QueueService): StatusParts['queues'] {
  return async (filter, max) => {
    const all = queues.catalog.all().filter(({ document }) => filter(document.arn));
    const depths = all
      .slice(0, max)
      .map(async (queue) => ({ arn: queue.document.arn, ...(await queues.counts(queue)) }));
    return { depths: await Promise.all(depths), count: all.length };
  };
}

/** What stands beside the engine: the services of other APIs, and the ways out. */
interface Companions {
  readonly queues: QueueService;
  readonly logs: LogsService;
  readonly http: HttpClients;
  readonly connections: Connections;
  readonly functions: FunctionService;
}

/** The local functions. AWS SDKs in them find this daemon, whose address is known once it listens. */
function createFunctions(
  config: Config,
  { clock, random, logger }: EngineNeeds,
  writer: LogsService,
  url: () => string,
): FunctionService {
  const environment = (): Record<string, string> => ({
    ...environmentOfFunctions(),
    AWS_ENDPOINT_URL: url(),
    AWS_REGION: config.region,
    AWS_DEFAULT_REGION: config.region,
    ...(config.auth === 'none' && { AWS_ACCESS_KEY_ID: 'busbar', AWS_SECRET_ACCESS_KEY: 'busbar' }),
  });
  const places = { named: config.functions, folder: config.functionsFolder };
  return createFunctionService({ places, environment, writer, clock, random, logger });
}

interface EngineNeeds {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing | undefined;
}

/** Opens what stands beside the engine, each with its end in `opened`. */
async function openCompanions(
  config: Config,
  needs: EngineNeeds,
  opened: Stop[],
  url: () => string,
): Promise<Companions> {
  const queues = await createQueueService(needs);
  opened.push(() => queues.close());
  const logs = await createLogsService(needs);
  opened.push(() => logs.close());
  const http = createHttpClients(needs.clock, httpAccessOf(config));
  opened.push(() => http.close());
  const connections = await openConnections(config, needs, http);
  opened.push(() => connections.close());
  const functions = createFunctions(config, needs, logs, url);
  opened.push((drainMs) => functions.close(drainMs));
  return { queues, logs, http, connections, functions };
}

async function openConnections(config: Config, needs: EngineNeeds, http: HttpClients): Promise<Connections> {
  const directory = inMemory(config) ? undefined : config.data;
  const secrets = await openSecretBox(secretKeysOf(config.secretKey), directory, needs.logger);
  return Connections.open({ ...needs, secrets, oauth: createOAuthClient(http.guarded) });
}

async function startEngine(
  config: Config,
  needs: EngineNeeds,
  { queues, logs, http, functions, connections }: Companions,
  apis: LocalApis,
): Promise<{ engine: Engine; families: readonly Family[] }> {
  let families: readonly Family[] = [];
  const engine = await Engine.start({
    ...needs,
    queueSender: queues,
    targets: ({ forwarder }) =>
      (families = targetFamilies({
        ...needs,
        queues,
        logs,
        forwarder,
        http,
        destinations: destinationAccess(connections),
        httpTimeoutMs: config.targets.http.timeoutMs,
        functions,
        apis,
        services: config.services,
        local: config,
      })),
    options: {
      compat: config.compat,
      logRetentionMs: config.retentionHours * MS_PER_HOUR,
      logRetentionBytes: config.retentionMegabytes * BYTES_PER_MEGABYTE,
    },
  });
  connections.start(serviceEvents({ ...needs, catalog: engine.catalog, ingest: engine.ingest }));
  return { engine, families };
}

/** From the outside in: no new requests, no new deliveries, then the services and the store. */
async function stopAll(opened: readonly Stop[], drainMs: number): Promise<void> {
  for (const stop of opened.toReversed()) await stop(drainMs);
}

function urlOf(host: string, port: number): string {
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
}
