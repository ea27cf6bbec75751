import type { RedriveRequest, RedriveResult } from '../../engine/deliver/redrive.ts';
import type { Engine } from '../../engine/engine.ts';
import { limits } from '../../model/limits.ts';
import type { AdminRequest, AdminRoute } from './admin-route.ts';
import { badRequest, onlyParameters } from './parameters.ts';
import { maySee } from './visibility.ts';

/**
 * `POST /_busbar/dead-letters/redrive` with `{"ids": [...], "event"?: "<the edited event's JSON text>"}`: a result a
 * letter, in order. Answers once the deliveries are durable; how they end shows in the dead letters.
 */
export function redriveDeadLetters(engine: Engine): AdminRoute {
  return {
    method: 'POST',
    path: '/dead-letters/redrive',
    summary: 'deliver dead letters again, to the same targets',
    async run(request) {
      onlyParameters(request.query, []);
      const wanted = requestsOf(request.body);
      const hidden = await hiddenOf(engine, request, wanted);
      const results = await engine.redrives.redrive(wanted.filter(({ id }) => !hidden.has(id)));
      const byPlace = results.values();
      return {
        value: {
          results: wanted.map(({ id }) => (hidden.has(id) ? missing(id) : byPlace.next().value!)),
        },
      };
    },
  };
}

const missing = (id: string): RedriveResult => ({
  id,
  status: 'missing',
  reason: 'There is no such dead letter.',
});

function requestsOf(body: Readonly<Record<string, unknown>>): RedriveRequest[] {
  const stranger = Object.keys(body).find((name) => name !== 'ids' && name !== 'event');
  if (stranger !== undefined) throw badRequest(`There is no member "${stranger.slice(0, 64)}" here.`);
  const { ids, event } = body;
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > limits.adminPageItems) {
    throw badRequest(`"ids" must be a list of 1 to ${limits.adminPageItems} dead letters.`);
  }
  const texts = ids.map((id: unknown) => {
    if (typeof id !== 'string' || id.length > limits.adminNameChars)
      throw badRequest('"ids" must hold texts.');
    return id;
  });
  if (event === undefined) return texts.map((id) => ({ id }));
  if (typeof event !== 'string') throw badRequest('"event" must be a text: the JSON of the edited event.');
  if (texts.length > 1) throw badRequest('An edited event goes with one dead letter only.');
  return texts.map((id) => ({ id, event }));
}

/** Letters of other accounts, which this caller is not even told of. */
async function hiddenOf(
  engine: Engine,
  request: AdminRequest,
  wanted: readonly RedriveRequest[],
): Promise<ReadonlySet<string>> {
  const hidden = new Set<string>();
  if (request.seesAll) return hidden;
  for (const { id } of wanted) {
    const letter = await engine.deadLetters.get(id);
    if (!letter || !maySee(request, letter.bus)) hidden.add(id);
  }
  return hidden;
}
