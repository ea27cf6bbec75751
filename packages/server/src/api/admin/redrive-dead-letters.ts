import type { RedriveManner, RedriveRequest, Refusal } from '../../engine/deliver/redrivable.ts';
import type { Engine } from '../../engine/engine.ts';
import { limits } from '../../model/limits.ts';
import type { AdminRequest, AdminRoute } from './admin-route.ts';
import { badRequest, onlyMembers, onlyParameters, textMember } from './parameters.ts';
import { maySee } from './visibility.ts';

/**
 * `POST /_busbar/dead-letters/redrive` with `{"ids": [...]}`: a result a letter, in order. Answers once the deliveries are
 * durable; how they end shows in the dead letters. Besides, there may be `"event"` (for a single id, the JSON text of the
 * event to deliver), `"edit"` (a JSONata expression that makes the new payload of the old one), `"to"` (the ARN of another
 * target), and `"dryRun": true`, which answers what would be delivered and does nothing.
 */
export function redriveDeadLetters(engine: Engine): AdminRoute {
  return {
    method: 'POST',
    path: '/dead-letters/redrive',
    summary: 'deliver dead letters again, to the same targets or to another, as they were or edited',
    async run(request) {
      onlyParameters(request.query, []);
      onlyMembers(request.body, ['ids', 'event', 'edit', 'to', 'dryRun']);
      const { wanted, manner, dryRun } = wishOf(request.body);
      const hidden = await hiddenOf(engine, request, wanted);
      const visible = wanted.filter(({ id }) => !hidden.has(id));
      const { redrives } = engine;
      const results = dryRun
        ? await redrives.preview(visible, manner)
        : await redrives.redrive(visible, manner);
      const byPlace = results.values();
      return {
        value: {
          results: wanted.map(({ id }) => (hidden.has(id) ? missing(id) : byPlace.next().value!)),
        },
      };
    },
  };
}

const missing = (id: string): Refusal => ({ id, status: 'missing', reason: 'There is no such dead letter.' });

interface Wish {
  readonly wanted: readonly RedriveRequest[];
  readonly manner: RedriveManner;
  readonly dryRun: boolean;
}

function wishOf(body: Readonly<Record<string, unknown>>): Wish {
  const { dryRun = false } = body;
  if (typeof dryRun !== 'boolean') throw badRequest('"dryRun" must be true or false.');
  const ids = idsOf(body, dryRun ? limits.redrivePreviews : limits.adminPageItems);
  const event = textMember(body, 'event', limits.adminBodyBytes);
  const edit = textMember(body, 'edit', limits.editExpressionChars);
  const to = textMember(body, 'to', limits.adminNameChars);
  if (event !== undefined && ids.length > 1) {
    throw badRequest('An edited event goes with one dead letter only.');
  }
  if (event !== undefined && edit !== undefined) {
    throw badRequest('Either "event" says what is delivered, or "edit" does.');
  }
  return { wanted: ids.map((id) => ({ id, event })), manner: { edit, to }, dryRun };
}

function idsOf({ ids }: Readonly<Record<string, unknown>>, max: number): string[] {
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > max) {
    throw badRequest(`"ids" must be a list of 1 to ${max} dead letters.`);
  }
  return ids.map((id: unknown) => {
    if (typeof id !== 'string' || id.length > limits.adminNameChars) {
      throw badRequest('"ids" must hold texts.');
    }
    return id;
  });
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
