import { readFile } from 'node:fs/promises';
import type { ParameterField } from '../../engine/ports/connector.ts';
import type { Arn } from '../../model/arn.ts';
import { serviceOf, type ServiceDirectory, type ServiceSettings } from '../../model/service-settings.ts';

/** What a connector needs to know of the servers that an operator may configure. */
export interface ServiceForm {
  /** The service of the ARN and the name of the entry in `services`. */
  readonly service: string;
  /** `NATS` */
  readonly title: string;
  readonly urlExample: string;
  /** `nats:` … */
  readonly schemes: readonly string[];
  readonly settings: readonly ParameterField[];
}

const field = { required: false } as const;

export const USER_FIELDS: readonly ParameterField[] = [
  {
    ...field,
    name: 'user',
    type: 'string',
    secret: false,
    description: 'The name to sign in with. It may stand in the URL as well.',
    example: 'busbar',
  },
  {
    ...field,
    name: 'password',
    type: 'string',
    secret: true,
    description: 'Its password.',
    example: 'a-secret',
  },
];

export const TLS_FIELDS: readonly ParameterField[] = [
  {
    ...field,
    name: 'caFile',
    type: 'string',
    secret: false,
    description: 'A PEM file with the authorities that the server’s certificate is checked against.',
    example: '/etc/busbar/ca.pem',
    fallback: "Node's own list",
  },
  {
    ...field,
    name: 'certFile',
    type: 'string',
    secret: false,
    description: 'A PEM file with the client’s certificate.',
    example: '/etc/busbar/client.pem',
  },
  {
    ...field,
    name: 'keyFile',
    type: 'string',
    secret: false,
    description: 'A PEM file with its private key.',
    example: '/etc/busbar/client.key',
  },
];

const NAME = /^[A-Za-z0-9_-]*$/;

export const malformed = (arn: Arn): string =>
  `Parameter ${arn.text} is not valid. Reason: Provided Arn is not in correct format.`;

/** Whether an ARN of Busbar's own has the common form: `arn:busbar:<service>:<name, or nothing>::<resource>`. */
export const isBusbarArn = (arn: Arn, service: string): boolean =>
  arn.partition === 'busbar' && arn.service === service;

export const isWellFormed = (arn: Arn, resource: RegExp): boolean =>
  NAME.test(arn.region) && arn.account === '' && resource.test(arn.resource);

/** Why the server of an ARN cannot be used, as the service's error text; undefined when it can. */
export function serviceFault(
  services: ServiceDirectory,
  arn: Arn,
  { service, title, urlExample, schemes, settings: known }: ServiceForm,
): string | undefined {
  const name = arn.region === '' ? service : `${service}:${arn.region}`;
  const refuse = (reason: string): string => `Parameter ${arn.text} is not valid. Reason: ${reason}`;
  const settings = serviceOf(services, arn);
  if (!settings) {
    return refuse(
      `No ${title} server is configured. The configuration file has to say where it is: ` +
        `"services": { "${name}": "${urlExample}" }.`,
    );
  }
  const wrong = urlsOf(settings).find((url) => !url || !schemes.includes(url.protocol));
  if (wrong !== undefined || urlsOf(settings).length === 0) {
    return refuse(
      `The "url" of "${name}" in the configured "services" does not begin with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}.`,
    );
  }
  const fault = Object.entries(settings).find(([option, value]) => !isKnown(known, option, value));
  return fault && refuse(`"${fault[0]}" of "${name}" in the configured "services" is not valid.`);
}

function isKnown(known: readonly ParameterField[], option: string, value: unknown): boolean {
  if (option === 'url') return true;
  const setting = known.find(({ name }) => name === option);
  if (!setting || (setting.choices && !setting.choices.includes(String(value)))) return false;
  if (setting.type === 'integer') return Number.isSafeInteger(value) && (value as number) >= 0;
  if (setting.type === 'boolean') return typeof value === 'boolean';
  return typeof value === 'string' && value !== '';
}

/** The URLs of an entry, in order; null for a text that is none. */
export const urlsOf = ({ url }: ServiceSettings): (URL | null)[] =>
  url.split(',').map((text) => URL.parse(text.trim()));

/** Tries the URLs of an entry one after the other; rejects with what the last one failed for. */
export async function connectToFirst<T>(
  settings: ServiceSettings,
  connectTo: (url: URL) => Promise<T>,
): Promise<T> {
  let failure: unknown;
  for (const url of urlsOf(settings)) {
    try {
      return await connectTo(url!);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

export function textOption(settings: ServiceSettings, name: string): string | undefined {
  const value = settings[name];
  return typeof value === 'string' ? value : undefined;
}

/** Who to sign in as: from the entry's options, else from its URL. */
export function signInOf(settings: ServiceSettings): { user?: string; password?: string } {
  const [url] = urlsOf(settings);
  const user = textOption(settings, 'user') ?? (decodeURIComponent(url?.username ?? '') || undefined);
  const password = textOption(settings, 'password') ?? (decodeURIComponent(url?.password ?? '') || undefined);
  return { ...(user !== undefined && { user }), ...(password !== undefined && { password }) };
}

export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The contents of the PEM files that an entry names; undefined when it names none. */
export async function readTlsFiles(settings: ServiceSettings): Promise<TlsMaterial | undefined> {
  const read = async (option: string, member: keyof TlsMaterial): Promise<TlsMaterial> => {
    const path = textOption(settings, option);
    return path === undefined ? {} : { [member]: await readFile(path, 'utf8') };
  };
  const parts = await Promise.all([read('caFile', 'ca'), read('certFile', 'cert'), read('keyFile', 'key')]);
  const material = Object.assign({}, ...parts) as TlsMaterial;
  return Object.keys(material).length > 0 ? material : undefined;
}
