import type { Random } from '../../engine/ports/clock.ts';
import { evaluatePolicy } from '../../engine/policy/index.ts';
import type { LogWriteSource } from '../../engine/ports/log-group-writer.ts';
import type { Storage } from '../../engine/ports/storage.ts';
import { limits } from '../../model/limits.ts';
import type { Scope } from '../../model/resources.ts';
import { DocumentMirror } from './document-mirror.ts';
import { operationAborted, policyNotFound, tooMany } from './errors.ts';

/** A resource policy: of an account and region under a name, or of one log group. */
export interface LogPolicy extends Scope {
  /** Undefined for the policy of a log group. */
  readonly name?: string | undefined;
  /** The log group's ARN; undefined for an account's policy. */
  readonly resourceArn?: string | undefined;
  readonly document: string;
  readonly revisionId: string;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
}

/** Which policy: exactly one of the two is there. */
export interface PolicyKey {
  readonly name?: string | undefined;
  readonly resourceArn?: string | undefined;
}

const POLICY = 'log-policy';

const scopeKey = ({ account, region }: Scope): string => `${account}/${region}/`;
const keyOf = (scope: Scope, { name, resourceArn }: PolicyKey): string =>
  scopeKey(scope) + (resourceArn === undefined ? `account/${name}` : `resource/${resourceArn}`);

/** The resource policies of log groups. Bounded by `limits.logPolicies`. */
export class LogPolicies {
  readonly #mirror: DocumentMirror<LogPolicy>;
  readonly #random: Random;

  private constructor(mirror: DocumentMirror<LogPolicy>, random: Random) {
    this.#mirror = mirror;
    this.#random = random;
  }

  static async open(storage: Storage, random: Random): Promise<LogPolicies> {
    return new LogPolicies(await DocumentMirror.open(storage.catalog, POLICY), random);
  }

  close(): void {
    this.#mirror.close();
  }

  /** The policies of a scope, those of the account before those of resources, by name. */
  list(scope: Scope): LogPolicy[] {
    return this.#mirror.list(scopeKey(scope));
  }

  /** Writes a policy; throws when there are too many, or when the present one is not of the `expected` revision. */
  async put(
    scope: Scope,
    key: PolicyKey,
    document: string,
    now: number,
    expected: string | undefined,
  ): Promise<LogPolicy> {
    const place = keyOf(scope, key);
    const current = this.#mirror.get(place);
    if (!current) {
      const own = this.list(scope).filter(({ name }) => name !== undefined);
      if (key.name !== undefined && own.length >= limits.logResourcePolicies) throw tooMany();
      if (this.#mirror.size >= limits.logPolicies) throw tooMany();
    }
    checkRevision(current?.document, expected);
    const policy: LogPolicy = {
      account: scope.account,
      region: scope.region,
      ...key,
      document,
      revisionId: this.#random.uuid(),
      updatedAt: now,
    };
    if (!(await this.#mirror.put(place, policy, current?.version ?? 'absent'))) throw operationAborted();
    return policy;
  }

  async remove(scope: Scope, key: PolicyKey, expected: string | undefined): Promise<void> {
    const place = keyOf(scope, key);
    const current = this.#mirror.get(place);
    if (!current) throw policyNotFound(key.name ?? key.resourceArn ?? '');
    checkRevision(current.document, expected);
    if (!(await this.#mirror.remove(place, current.version))) throw operationAborted();
  }

  /**
   * Whether a service may write to a stream on behalf of a rule. Without any policy of the group's account or of the group
   * itself everything is taken; policies that are there are obeyed to the letter, as with queues
   * (`docs/decisions/0005-queue-permissions.md`).
   */
  mayWrite(scope: Scope, groupArn: string, streamArn: string, source: LogWriteSource): boolean {
    const policies = this.list(scope).filter(
      ({ resourceArn }) => resourceArn === undefined || resourceArn === groupArn,
    );
    const decisions = policies.map(({ document }) =>
      evaluatePolicy(document, {
        principalAccount: source.account,
        principalArn: source.service,
        action: 'logs:PutLogEvents',
        resource: streamArn,
        context: { 'aws:SourceArn': source.sourceArn, 'aws:SourceAccount': source.account },
      }),
    );
    if (decisions.includes('deny')) return false;
    return policies.length === 0 || decisions.includes('allow');
  }
}

function checkRevision(policy: LogPolicy | undefined, expected: string | undefined): void {
  if (expected !== undefined && expected !== policy?.revisionId) throw operationAborted();
}
