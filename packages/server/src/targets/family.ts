import type {
  DocumentedConnector,
  SessionContext,
  TargetConnector,
  TargetSession,
} from '../engine/ports/connector.ts';
import type { Arn } from '../model/arn.ts';
import type { TargetSettings } from '../model/resources.ts';
import { withCommonChecks } from './busbar-parameters.ts';

/** Connectors whose code is loaded with the first ARN that may be theirs: most daemons use few of them. */
export class Family implements TargetConnector {
  readonly #mayServe: (arn: Arn) => boolean;
  readonly #load: () => readonly DocumentedConnector[];
  #members: readonly DocumentedConnector[] | undefined;

  /** `mayServe` tells by an ARN alone that no member serves it. */
  constructor(mayServe: (arn: Arn) => boolean, load: () => readonly DocumentedConnector[]) {
    this.#mayServe = mayServe;
    this.#load = load;
  }

  /** The connectors, loaded by now. */
  get members(): readonly DocumentedConnector[] {
    this.#members ??= this.#load().map(withCommonChecks);
    return this.#members;
  }

  accepts(arn: Arn): boolean {
    return this.#find(arn) !== undefined;
  }

  check(arn: Arn, target: TargetSettings): string | undefined {
    return this.#find(arn)!.check(arn, target);
  }

  open(arn: Arn, target: TargetSettings, context: SessionContext): TargetSession {
    return this.#find(arn)!.open(arn, target, context);
  }

  #find(arn: Arn): DocumentedConnector | undefined {
    return this.#mayServe(arn) ? this.members.find((member) => member.accepts(arn)) : undefined;
  }
}
