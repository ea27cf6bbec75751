import type { Clock } from '../../engine/ports/clock.ts';
import { limits } from '../../model/limits.ts';
import type { Principal } from '../../model/operation.ts';
import { partitionOf } from '../../model/arn.ts';
import type { RequestHead } from '../request-head.ts';
import { authErrors } from './auth-errors.ts';
import { credentialText, isRegion, parseCredential, regionSet } from './credential-scope.ts';
import type { CredentialScope } from './credential-scope.ts';
import { SignatureVerifier } from './signature-verifier.ts';

/** A key that the configuration knows. */
export interface AccountKey {
  /** Twelve digits. */
  readonly account: string;
  readonly secretAccessKey: string;
  /** Requests with this key must carry exactly this token; without one they must carry none. */
  readonly sessionToken?: string | undefined;
  /** The caller's ARN; `arn:aws:iam::<account>:root` unless told. */
  readonly arn?: string | undefined;
  /** Milliseconds since the epoch after which the key is refused. */
  readonly expiresAt?: number | undefined;
}

export interface AuthOptions {
  /** `none` reads who calls and believes it; `sigv4` verifies the signature. */
  readonly mode: 'none' | 'sigv4';
  /** By access key id. */
  readonly accounts?: Readonly<Record<string, AccountKey>>;
  /** Whom a request without (known) credentials speaks for. */
  readonly defaultAccount: string;
  readonly defaultRegion: string;
}

/** Who calls, and which account and region the call addresses. */
export interface Caller {
  readonly principal: Principal;
  readonly account: string;
  readonly region: string;
}

export interface Authenticator {
  /** Throws an `ApiError` with the service's own code and text. `signingName` is undefined while no service is known. */
  authenticate(head: RequestHead, body: Buffer, signingName: string): Caller;
}

/** Makes the gate that every API request passes. */
export function createAuthenticator(options: AuthOptions, clock: Clock): Authenticator {
  const accounts = new Map(Object.entries(options.accounts ?? {}));
  const resolver = new CallerResolver(options, accounts);
  if (options.mode === 'none') {
    return { authenticate: (head) => resolver.believe(head) };
  }
  const verifier = new SignatureVerifier(accounts, clock);
  return {
    authenticate(head, body, signingName) {
      const scope = verifier.verify(head, body, signingName);
      return resolver.resolve(scope, scope.region!);
    },
  };
}

/** Turns credential scopes into callers and remembers the latest ones: most requests repeat a few. */
class CallerResolver {
  readonly #options: AuthOptions;
  readonly #accounts: ReadonlyMap<string, AccountKey>;
  readonly #remembered = new Map<string, Caller>();
  readonly #anonymous: Caller;

  constructor(options: AuthOptions, accounts: ReadonlyMap<string, AccountKey>) {
    this.#options = options;
    this.#accounts = accounts;
    this.#anonymous = this.#caller('anonymous', options.defaultAccount, options.defaultRegion, undefined);
  }

  /** The caller that an unverified request claims to be. */
  believe(head: RequestHead): Caller {
    const text = credentialText(head);
    if (text === undefined) return this.#anonymous;
    const known = this.#remembered.get(text);
    if (known) return known;
    const scope = parseCredential(text);
    if (!scope) return this.#anonymous;
    if (scope.region === undefined) {
      return this.resolve(scope, regionSet(head) ?? this.#options.defaultRegion);
    }
    if (!isRegion(scope.region)) throw authErrors.region();
    const caller = this.resolve(scope, scope.region);
    if (this.#remembered.size >= limits.rememberedCredentials) this.#remembered.clear();
    this.#remembered.set(text, caller);
    return caller;
  }

  resolve(scope: CredentialScope, region: string): Caller {
    const key = this.#accounts.get(scope.accessKeyId);
    const digits = /^\d{12}$/.test(scope.accessKeyId) ? scope.accessKeyId : undefined;
    const account = key?.account ?? digits ?? this.#options.defaultAccount;
    return this.#caller(scope.accessKeyId, account, region, key?.arn);
  }

  #caller(accessKeyId: string, account: string, region: string, arn: string | undefined): Caller {
    const root = `arn:${partitionOf(region)}:iam::${account}:root`;
    return { principal: { account, accessKeyId, arn: arn ?? root }, account, region };
  }
}
