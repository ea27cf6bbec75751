import type { ParameterField } from '../../engine/ports/connector.ts';
import type { Arn } from '../../model/arn.ts';
import type { ServiceSettings } from '../../model/service-settings.ts';
import { field } from './row.ts';

/**
 * Whether an ARN that Busbar serves itself (a queue, a log group) goes to another server: when that is configured by an
 * entry of its own, and for the accounts that the entry lists, if it does.
 */
export function isClaimed(arn: Arn, entry: ServiceSettings | undefined): boolean {
  if (!entry) return false;
  const accounts = entry['accounts'];
  return !Array.isArray(accounts) || accounts.includes(arn.account);
}

export const accountsField = (what: string): ParameterField =>
  field(
    'accounts',
    'list',
    `The accounts whose ${what} are there; those of others are built-in ones.`,
    ['111122223333'],
    {
      fallback: 'every account',
    },
  );
