import { Gate } from './gate.ts';
import type { Arn } from '../../src/model/arn.ts';
import type { TargetSettings } from '../../src/model/resources.ts';
import {
  DELIVERED,
  type OutgoingDelivery,
  type SendOutcome,
  type SessionContext,
  type TargetConnector,
  type TargetSession,
} from '../../src/engine/ports/connector.ts';

export type Behaviour = (delivery: OutgoingDelivery) => SendOutcome | 'hang' | Promise<SendOutcome>;

/** One send as the target saw it. */
export interface Seen {
  readonly target: string;
  readonly delivery: OutgoingDelivery;
}

/** A kind of target for tests: each ARN behaves as it is told, and everything that arrives is kept. */
export class FixtureTargets implements TargetConnector {
  readonly kind = 'fixture';
  readonly description = 'Stands for targets in tests.';
  readonly parameters = { block: undefined, fields: [] };
  readonly #behaviours = new Map<string, Behaviour>();
  readonly #hanging: { arn: string; resolve: (outcomes: SendOutcome[]) => void; count: number }[] = [];
  readonly seen: Seen[] = [];
  /** Event ids that were delivered, by target ARN. */
  readonly delivered = new Map<string, string[]>();
  maxBatch = 10;
  maxConcurrency = 4;
  opened = 0;
  closed = 0;
  keepSeen = true;
  /** That of the present run of the engine: a dead run reaches no target. */
  gate = new Gate();

  behave(arn: string, behaviour: Behaviour): void {
    this.#behaviours.set(arn, behaviour);
  }

  deliveredTo(arn: string): string[] {
    return this.delivered.get(arn) ?? [];
  }

  /** Ends every send that hangs at the target. */
  release(arn: string, outcome: SendOutcome = DELIVERED): void {
    for (const hanging of this.#hanging.splice(0)) {
      if (hanging.arn !== arn) this.#hanging.push(hanging);
      else hanging.resolve(Array.from({ length: hanging.count }, () => outcome));
    }
  }

  accepts(arn: Arn): boolean {
    return arn.service === 'fixture';
  }

  check(): undefined {
    return undefined;
  }

  open(arn: Arn, _target: TargetSettings, _context: SessionContext): TargetSession {
    this.opened++;
    const { gate } = this;
    return {
      maxBatch: this.maxBatch,
      maxConcurrency: this.maxConcurrency,
      send: (batch) => gate.answer(gate.shut ? new Promise(() => undefined) : this.#send(arn.text, batch)),
      close: () => {
        this.closed++;
        return Promise.resolve();
      },
    };
  }

  async #send(arn: string, batch: readonly OutgoingDelivery[]): Promise<SendOutcome[]> {
    const behaviour = this.#behaviours.get(arn) ?? (() => DELIVERED);
    const outcomes: SendOutcome[] = [];
    let hangs = false;
    for (const delivery of batch) {
      if (this.keepSeen) this.seen.push({ target: arn, delivery });
      const outcome = behaviour(delivery);
      if (outcome === 'hang') hangs = true;
      else outcomes.push(await outcome);
    }
    const answer = hangs
      ? await new Promise<SendOutcome[]>((resolve) => {
          this.#hanging.push({ arn, resolve, count: batch.length });
        })
      : outcomes;
    for (const [index, delivery] of batch.entries()) {
      if (answer[index]?.status !== 'delivered') continue;
      const known = this.delivered.get(arn);
      if (known) known.push(delivery.eventId);
      else this.delivered.set(arn, [delivery.eventId]);
    }
    return answer;
  }
}
