import type { ServiceDirectory, ServiceSettings } from '../../model/service-settings.ts';
import { awsApis, awsEndpoint } from './apis.ts';

/** The entry of `services` that stands for every AWS service without one of its own. */
const EVERY_SERVICE = 'aws';

/** What an entry has for a URL when it means AWS itself. */
const REAL = 'aws';

/** Where AWS services are, as the configuration says. */
export interface ServicePlaces {
  /** The entry of `services` for a service; undefined when there is none. */
  settingsOf(service: string): ServiceSettings | undefined;
  /** The same, without the entry that stands for all services. */
  entryOf(service: string): ServiceSettings | undefined;
  /** Where the API of a service is called; undefined when nothing says so. */
  endpointOf(service: string, region: string): URL | undefined;
  /**
   * The URL of a service that has a host name of its own for each API: `aws` stands for `ofAws`, and `{apiId}` or
   * `{region}` in a URL for what `parts` says. Without a slash at its end; undefined when nothing is configured.
   */
  baseUrlOf(service: string, ofAws: string, parts: Readonly<Record<string, string>>): string | undefined;
}

export function servicePlaces(services: ServiceDirectory): ServicePlaces {
  const entryOf: ServicePlaces['entryOf'] = (service) => services[service];
  const settingsOf: ServicePlaces['settingsOf'] = (service) => entryOf(service) ?? services[EVERY_SERVICE];
  return {
    entryOf,
    settingsOf,
    endpointOf(service, region) {
      const { url } = settingsOf(service) ?? {};
      const api = awsApis[service];
      if (url === REAL) return api && new URL(awsEndpoint(api, region));
      return url === undefined ? undefined : new URL(url);
    },
    baseUrlOf(service, ofAws, parts) {
      const { url } = settingsOf(service) ?? {};
      if (url === undefined || url === REAL) return url && ofAws;
      return url.replace(/\{(\w+)\}/g, (whole, name: string) => parts[name] ?? whole).replace(/\/+$/, '');
    },
  };
}

/** Whether an entry means AWS itself, where nothing goes without credentials. */
export const isReal = ({ url }: ServiceSettings): boolean => url === REAL;

/** What to write into the configuration to be able to deliver to a service. */
export const notConfigured = (service: string): string =>
  `Busbar does not know where ${service} is: write "services": { "${service}": "${REAL}" } into its configuration, or a URL for "${REAL}".`;
