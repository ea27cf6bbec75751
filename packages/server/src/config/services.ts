import type { ServiceSettings } from '../model/service-settings.ts';
import { ConfigError } from './error.ts';

/** `sns`, or with the name of one of several servers: `nats:main`. */
const NAME = /^[a-z][a-z0-9-]*(?::[A-Za-z0-9_-]+)?$/;

/**
 * Where other systems are: `"services": { "sns": "http://127.0.0.1:5000", "kinesis": "aws", "nats:main": { "url": … } }`.
 * A text stands for an object with that `url`.
 */
export function readServices(value: unknown, path: string): Record<string, ServiceSettings> {
  const services = Object.create(null) as Record<string, ServiceSettings>;
  for (const [name, given] of Object.entries((value ?? {}) as Record<string, unknown>)) {
    const settings = (typeof given === 'string' ? { url: given } : given) as Partial<ServiceSettings> | null;
    if (!NAME.test(name)) throw new ConfigError(`"services" in ${path}: "${name}" is no name of a service`);
    if (typeof settings !== 'object' || settings === null || typeof settings.url !== 'string') {
      throw new ConfigError(`"services" in ${path}: "${name}" needs a URL, or an object with a "url"`);
    }
    if (settings.url !== 'aws' && !URL.canParse(settings.url.split(',')[0]!)) {
      throw new ConfigError(`"services" in ${path}: the "url" of "${name}" is none`);
    }
    services[name] = { ...settings, url: settings.url };
  }
  return services;
}
