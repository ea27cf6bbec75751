import type { Engine } from '../../engine/engine.ts';
import type { AdminRoute } from './admin-route.ts';
import { letterDetails } from './dead-letter-view.ts';
import { notFound, onlyParameters } from './parameters.ts';
import { maySee } from './visibility.ts';

/** `GET /_busbar/dead-letters/:id`: event, payload and every remembered attempt. */
export function showDeadLetter(engine: Engine): AdminRoute {
  return {
    method: 'GET',
    path: '/dead-letters/:id',
    summary: 'one dead letter with its event, payload and attempts',
    async run(request) {
      onlyParameters(request.query, []);
      const id = request.steps['id']!;
      const letter = await engine.deadLetters.get(id);
      if (!letter || !maySee(request, letter.bus)) throw notFound(`There is no dead letter ${id}.`);
      return { value: letterDetails(letter, engine.redrives.underWay(id)) };
    },
  };
}
