import { afterEach, describe, it } from 'node:test';
import type { Storage } from '../../src/engine/ports/storage.ts';
import type { Behaviour } from './suite/behaviour.ts';
import { archiveBehaviours } from './suite/archives.ts';
import { catalogBehaviours } from './suite/catalog.ts';
import { deadLetterBehaviours } from './suite/dead-letters.ts';
import { logEventBehaviours } from './suite/log-events.ts';
import { logBehaviours } from './suite/log.ts';
import { parkedBehaviours } from './suite/parked.ts';
import { orderedQueueBehaviours } from './suite/ordered-queues.ts';
import { queueMoveBehaviours } from './suite/queue-moves.ts';
import { queueBehaviours } from './suite/queues.ts';
import { timerBehaviours } from './suite/timers.ts';
import { wholeBehaviours } from './suite/whole.ts';

export interface OpenOptions {
  readonly firstPosition?: bigint;
}

/** One adapter as the suite sees it. */
export interface Subject {
  readonly name: string;
  /** A new, empty store. */
  open(options: OpenOptions): Promise<OpenSubject>;
  /** Why behaviours that close a store and open it again cannot be shown; undefined when they can. */
  readonly cannotReopen?: string;
}

export interface OpenSubject {
  readonly storage: Storage;
  /** Opens the same store again after it was closed. */
  readonly reopen?: () => Promise<Storage>;
  /** Removes what the store left behind. */
  dispose(): Promise<void>;
}

const parts: readonly (readonly [string, readonly Behaviour[]])[] = [
  ['catalog', catalogBehaviours],
  ['log', logBehaviours],
  ['parked', parkedBehaviours],
  ['dead letters', deadLetterBehaviours],
  ['timers', timerBehaviours],
  ['queues', queueBehaviours],
  ['ordered queues', orderedQueueBehaviours],
  ['moves between queues', queueMoveBehaviours],
  ['log events', logEventBehaviours],
  ['archives', archiveBehaviours],
  ['the whole', wholeBehaviours],
];

/** What every store must do, whatever it is made of. Each adapter's test calls this. */
export function storageSuite(subject: Subject): void {
  for (const [part, behaviours] of parts) {
    describe(`${subject.name}: ${part}`, () => {
      for (const behaviour of behaviours) runBehaviour(subject, behaviour);
    });
  }
}

function runBehaviour(subject: Subject, behaviour: Behaviour): void {
  const clean: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const step of clean.splice(0).reverse()) await step();
  });
  const skip = behaviour.reopens === true ? (subject.cannotReopen ?? false) : false;
  it(behaviour.name, { skip }, async () => {
    const { firstPosition } = behaviour;
    const open = await subject.open(firstPosition === undefined ? {} : { firstPosition });
    clean.push(() => open.dispose());
    let current = open.storage;
    clean.push(() => current.close());
    await behaviour.run({
      storage: open.storage,
      async reopen() {
        await current.close();
        current = await open.reopen!();
        return current;
      },
    });
  });
}
