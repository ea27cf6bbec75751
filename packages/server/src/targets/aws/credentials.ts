import type { Clock } from '../../engine/ports/clock.ts';
import { limits } from '../../model/limits.ts';
import type { ServiceSettings } from '../../model/service-settings.ts';
import type { Credentials } from '../../model/signature/sign-request.ts';

/** Where requests get their signatures' keys from. */
export interface CredentialSource {
  /**
   * The credentials for an entry of `services`: its own, else those that the machine has (variables, shared files, roles of
   * containers and instances). Undefined when there are none.
   */
  of(settings: ServiceSettings): Promise<Credentials | undefined>;
  /** Has the machine's credentials looked up anew. */
  forget(): void;
}

interface MachineCredentials extends Credentials {
  readonly expiration?: Date | undefined;
}

/** Finds the machine's credentials, or throws. */
export type Provider = () => Promise<MachineCredentials>;

/** The search that every AWS tool makes. The library is loaded by the first search. */
async function searchMachine(): Promise<MachineCredentials> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  return defaultProvider()();
}

interface Found {
  readonly credentials: Credentials | undefined;
  /** When to look again. */
  readonly until: number;
}

/** The machine's credentials are kept until shortly before they expire. */
export function createCredentialSource(clock: Clock, provider: Provider = searchMachine): CredentialSource {
  let found: Found | undefined;
  let search: Promise<Found> | undefined;
  const look = async (): Promise<Found> => {
    try {
      const credentials = await provider();
      const until = (credentials.expiration?.getTime() ?? Infinity) - limits.awsCredentialsMarginMs;
      return { credentials, until: Math.max(until, clock.now() + limits.awsCredentialsRetryMs) };
    } catch {
      // The chain's own text lists everything it has tried; what there is to do stands in the caller's.
      return { credentials: undefined, until: clock.now() + limits.awsCredentialsRetryMs };
    }
  };
  const ofMachine = async (): Promise<Credentials | undefined> => {
    if (found && clock.now() < found.until) return found.credentials;
    search ??= look();
    found = await search;
    search = undefined;
    return found.credentials;
  };
  return {
    of: async (settings) => ownCredentials(settings) ?? (await ofMachine()),
    forget: () => (found = undefined),
  };
}

function ownCredentials({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: ServiceSettings): Credentials | undefined {
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') return undefined;
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: typeof sessionToken === 'string' ? sessionToken : undefined,
  };
}
