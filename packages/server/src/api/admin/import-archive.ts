import { importLines, type Imported } from '../../engine/archive/import.ts';
import type { Engine } from '../../engine/engine.ts';
import type { ArchiveStore } from '../../engine/ports/archive-storage.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { StorageError } from '../../engine/ports/storage.ts';
import type { AdminRoute } from './admin-route.ts';
import { archiveOf, missing } from './archive-scan.ts';
import { onlyParameters } from './parameters.ts';

export interface ImportingParts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly store: ArchiveStore;
}

/**
 * `POST /_busbar/archives/:archive/import` with events, one a line, as an export writes them: adds those that the archive
 * does not have yet, whatever its pattern; where signatures are verified, only those of the archive's own account. Answers once they are durable, and names the lines that are no events.
 */
export function importArchive({ engine, clock, store }: ImportingParts): AdminRoute {
  return {
    method: 'POST',
    path: '/archives/:archive/import',
    summary: 'add events to an archive, from lines of JSON',
    takesLines: true,
    async run(request) {
      onlyParameters(request.query, []);
      const { uid, name, account } = archiveOf(engine, request);
      // Where accounts are told apart, nobody can say that an event is another account's: it may be replayed to others.
      const reading = { now: clock.now(), account: request.seesAll ? undefined : account };
      try {
        return { value: viewOf(await importLines(store, uid, request.bytes, reading)) };
      } catch (error) {
        if (error instanceof StorageError && error.kind === 'missing') throw missing(name);
        throw error;
      }
    },
  };
}

const viewOf = ({ added, ...imported }: Imported): object => ({
  ...imported,
  added: added.events,
  addedBytes: added.bytes,
});
