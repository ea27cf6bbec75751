/**
 * Where another system is and how to come in, as the configuration file tells under `services`. `url` is a URL, several
 * of them with commas between, or `aws` for the real service. The other members are for the connector that uses them;
 * they may hold secrets, and so appear in no log and no answer.
 */
export interface ServiceSettings {
  readonly url: string;
  readonly [option: string]: unknown;
}

export type ServiceDirectory = Readonly<Record<string, ServiceSettings>>;

/**
 * The settings for an ARN's service. `arn:busbar:nats:main::…` looks for `nats:main`, every other ARN for its service's
 * name; undefined when nothing is configured.
 */
export function serviceOf(
  services: ServiceDirectory,
  arn: { readonly partition: string; readonly service: string; readonly region: string },
): ServiceSettings | undefined {
  const named = arn.partition === 'busbar' && arn.region !== '';
  return services[named ? `${arn.service}:${arn.region}` : arn.service];
}
