import { ConfigError } from './error.ts';

/** An access key that the configuration knows. */
export interface AccessKey {
  readonly account: string;
  /** Empty for a key that only tells an account; with `--auth sigv4` every key has one. */
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly arn?: string;
}

const ACCOUNT = /^\d{12}$/;

/** Who may call, by access key id. From the configuration file only: secrets do not belong on a command line. */
export function readAccounts(
  value: unknown,
  path: string,
  secretsNeeded: boolean,
): Record<string, AccessKey> {
  const accounts: Record<string, AccessKey> = Object.create(null) as Record<string, AccessKey>;
  for (const [accessKeyId, given] of Object.entries((value ?? {}) as Record<string, unknown>)) {
    // An access key may be mapped to an account alone: "AKID": "111111111111".
    const key = (typeof given === 'string' ? { account: given } : given) as Partial<AccessKey> | null;
    if (typeof key !== 'object' || key === null || !ACCOUNT.test(String(key.account))) {
      throw new ConfigError(
        `"accounts" in ${path}: the key ${accessKeyId} needs an "account" of twelve digits`,
      );
    }
    // An empty secret would let anyone sign.
    if (secretsNeeded && !key.secretAccessKey) {
      throw new ConfigError(
        `"accounts" in ${path}: with sigv4 the key ${accessKeyId} needs a "secretAccessKey"`,
      );
    }
    accounts[accessKeyId] = {
      ...key,
      account: String(key.account),
      secretAccessKey: key.secretAccessKey ?? '',
    };
  }
  return accounts;
}
