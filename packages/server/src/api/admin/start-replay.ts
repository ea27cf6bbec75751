import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { limitExceeded } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import type { AdminRoute } from './admin-route.ts';
import { archiveNamed } from './archive-scan.ts';
import { badRequest, onlyMembers, onlyParameters, requiredText, textMember } from './parameters.ts';
import { replayDetails } from './replay-view.ts';
import { planOf, WISH_MEMBERS } from './replay-wish.ts';

const NAME = /^[.\-_A-Za-z0-9]{1,64}$/;
const DESCRIPTION_CHARS = 512;

/**
 * `POST /_busbar/replays` with `{"archive": …}` and what `planOf` knows: starts a replay that may also go to another bus, to
 * one target, be of one event or of those that match a pattern, and keep to a pace. `name` is made up when it is left out.
 */
export function startReplay(engine: Engine, clock: Clock): AdminRoute {
  return {
    method: 'POST',
    path: '/replays',
    summary: 'replay an archive: to its bus or another, to some rules or one target, at a pace',
    async run(request) {
      const { body, caller, query } = request;
      onlyParameters(query, []);
      onlyMembers(body, ['archive', 'name', 'description', ...WISH_MEMBERS]);
      const archive = archiveNamed(engine, request, requiredText(body, 'archive', limits.adminNameChars));
      const now = clock.now();
      const name = textMember(body, 'name', limits.adminNameChars) ?? nameAt(now);
      if (!NAME.test(name)) {
        throw badRequest('"name" must be 1 to 64 letters, digits, points, hyphens and underscores.');
      }
      const started = await engine.replays.begin({
        account: caller.account,
        region: caller.region,
        name,
        description: textMember(body, 'description', DESCRIPTION_CHARS),
        plan: await planOf(engine, request, archive, body, now),
      });
      if (started.status === 'taken') throw badRequest(`There is a replay ${name} already.`);
      if (started.status === 'full') throw limitExceeded('Too many replays are active already.');
      return { value: replayDetails(started.replay) };
    },
  };
}

/** `replay-20260131T120000.123Z` */
const nameAt = (now: number): string => `replay-${new Date(now).toISOString().replaceAll(/[-:]/g, '')}`;
