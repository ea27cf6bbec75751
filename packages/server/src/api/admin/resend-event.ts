import type { Engine } from '../../engine/engine.ts';
import { limits } from '../../model/limits.ts';
import type { AdminRoute } from './admin-route.ts';
import { badRequest, notFound, onlyMembers, onlyParameters, requiredText, textMember } from './parameters.ts';
import { busOf } from './trace-event.ts';

/**
 * `POST /_busbar/events/resend` with `{"eventId": ID, "bus"?: B, "target"?: "RULE/ID"}`: sends an event to one target once
 * more, as the rule's target is now. Answers once that is durable. Without a target the event must match exactly one.
 */
export function resendEvent(engine: Engine): AdminRoute {
  return {
    method: 'POST',
    path: '/events/resend',
    summary: 'send one event to one target once more',
    async run(request) {
      onlyParameters(request.query, []);
      onlyMembers(request.body, ['eventId', 'bus', 'target']);
      const { adminNameChars: chars } = limits;
      const eventId = requiredText(request.body, 'eventId', chars);
      const bus = await busOf(engine, request, textMember(request.body, 'bus', chars));
      const result = await engine.tracer.resend(bus, eventId, textMember(request.body, 'target', chars));
      if (result.status === 'resent') return { value: { ...result, eventId } };
      const shown = result.candidates.slice(0, limits.adminPageItems);
      const targets = shown.length === 0 ? '' : ` Targets: ${shown.join(', ')}.`;
      const message = result.reason + targets;
      throw result.status === 'missing' ? notFound(message) : badRequest(message);
    },
  };
}
