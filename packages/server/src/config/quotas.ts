import { defaultQuotas, type Quotas } from '../model/limits.ts';
import { ConfigError } from './error.ts';

export function readQuotas(value: unknown, path: string): Quotas {
  const given = (value ?? {}) as Record<string, unknown>;
  for (const [name, quota] of Object.entries(given)) {
    if (!(name in defaultQuotas)) throw new ConfigError(`"quotas" in ${path} has an unknown quota "${name}"`);
    if (!Number.isSafeInteger(quota) || (quota as number) < 0) {
      throw new ConfigError(`"quotas" in ${path}: "${name}" must be a whole number`);
    }
  }
  return { ...defaultQuotas, ...(given as Partial<Quotas>) };
}
