import type { DeadLetterDocument } from '../../engine/deliver/dead-letter.ts';
import type { Engine } from '../../engine/engine.ts';
import type { DeliveryTrace } from '../../engine/trace/delivery-trace.ts';
import type { EventTrace } from '../../engine/trace/trace.ts';
import type { EventBus } from '../../model/resources.ts';
import { limits } from '../../model/limits.ts';
import type { AdminRequest, AdminRoute } from './admin-route.ts';
import { iso, noteView } from './dead-letter-view.ts';
import { notFound, onlyParameters, textParameter } from './parameters.ts';

/** `GET /_busbar/events/:id?bus=`: when it was published, which rules matched and which did not and why, and what came of it. */
export function traceEvent(engine: Engine): AdminRoute {
  return {
    method: 'GET',
    path: '/events/:id',
    summary: 'what became of one event: rules, attempts, outcomes',
    async run(request) {
      onlyParameters(request.query, ['bus']);
      const bus = await busOf(engine, request, textParameter(request.query, 'bus', limits.adminNameChars));
      const id = request.steps['id']!;
      const trace = await engine.tracer.trace(bus, id);
      const traces = trace.rules.some(({ deliveries }) => deliveries.length > 0);
      if (trace.event === undefined && !traces) throw unknown(bus, trace);
      return { value: traceView(trace) };
    },
  };
}

function unknown(bus: EventBus, { eventId, complete, searched }: EventTrace): Error {
  const looked = complete ? 'what its log keeps' : `the latest ${searched} positions of its log`;
  return notFound(
    `The event bus ${bus.name} has no event ${eventId} in ${looked}, and no dead letter of it.`,
  );
}

/** The bus that a request means. */
export async function busOf(engine: Engine, { caller }: AdminRequest, name = 'default'): Promise<EventBus> {
  const bus = (await engine.catalog.resolveBus(caller, name))?.document;
  if (!bus) throw notFound(`There is no event bus ${name}.`);
  return bus;
}

function traceView({ bus, eventId, record, event, rules }: EventTrace): object {
  return {
    eventId,
    bus,
    publishedAt: record && iso(record.ingestedAt),
    position: record && String(record.position),
    account: record?.account,
    traceHeader: record?.traceHeader,
    hops: record?.hops,
    event,
    rules: rules.map(({ deliveries, ...rule }) => ({ ...rule, deliveries: deliveries.map(deliveryView) })),
  };
}

function deliveryView({ letter, notes, dueAt, delivered, ...delivery }: DeliveryTrace): object {
  const document = letter?.document as DeadLetterDocument | undefined;
  return {
    ...delivery,
    dueAt: dueAt === undefined ? undefined : iso(dueAt),
    notes: notes.map(noteView),
    delivered: delivered.map((once) => ({ ...once, at: iso(once.at) })),
    deadLetter: letter && {
      id: letter.id,
      createdAt: iso(letter.createdAt),
      fault: document!.fault,
      code: document!.code,
      reason: document!.reason,
      condition: document!.condition,
    },
  };
}
