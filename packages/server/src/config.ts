import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Option } from './cli/command.ts';
import type { ClientEnvironment } from './cli/context.ts';
import { readAccounts, type AccessKey } from './config/accounts.ts';
import { ConfigError } from './config/error.ts';
import { readFunctions } from './config/functions.ts';
import { readCommands, readFiles } from './config/local-access.ts';
import { readQuotas } from './config/quotas.ts';
import { readServices } from './config/services.ts';
import { readSecretKey } from './config/secret-key.ts';
import { readTargets } from './config/targets.ts';
import type { Compat } from './engine/deliver/fault.ts';
import type { TargetOptions } from './model/http-settings.ts';
import type { FunctionSettings } from './model/function-settings.ts';
import type { Quotas } from './model/limits.ts';
import type { LocalAccess } from './model/local-settings.ts';
import type { ServiceDirectory } from './model/service-settings.ts';

export { ConfigError } from './config/error.ts';

export interface Config {
  readonly port: number;
  readonly host: string;
  /** A directory, or `:memory:`. */
  readonly data: string;
  readonly auth: 'none' | 'sigv4';
  readonly account: string;
  readonly region: string;
  readonly logFormat: 'json' | 'pretty';
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly insecure: boolean;
  readonly retentionHours: number;
  readonly retentionMegabytes: number;
  readonly compat: Compat;
  /** Whether the clock can be moved: for development and tests. */
  readonly devClock: boolean;
  /** A URL, or `none`. */
  readonly otlpEndpoint: string;
  readonly traceRatio: number;
  /** Access key id → account and secret. From the configuration file only: secrets do not belong on a command line. */
  readonly accounts: Readonly<Record<string, AccessKey>>;
  readonly quotas: Quotas;
  /** Other systems that targets deliver to, by name. */
  readonly services: ServiceDirectory;
  /** The keys that secrets are sealed with, in base64; empty: the daemon makes its own. */
  readonly secretKey: string;
  /** How targets are reached. */
  readonly targets: TargetOptions;
  /** Files of this machine that targets may append to, and programs that they may run, by name. */
  readonly files: LocalAccess['files'];
  readonly commands: LocalAccess['commands'];
  /** Local functions by name. */
  readonly functions: Readonly<Record<string, FunctionSettings>>;
  /** Where further local functions are looked for: a folder beside the configuration file. */
  readonly functionsFolder: string | undefined;
}

type Scalar = string | number | boolean;

export interface Setting {
  /** Name in the configuration file; the flag and the variable follow from it. */
  readonly name: keyof Config;
  readonly placeholder: string;
  readonly help: string;
  readonly fallback: Scalar | (() => Scalar);
  /** Answers the value, or throws a `ConfigError` that says what is expected. */
  readonly parse: (value: unknown) => Scalar;
}

const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-\d{1,2}$/;
const MAX_PORT = 65_535;

const text = (value: unknown): string => {
  if (typeof value !== 'string' || value === '') throw new ConfigError('must be a text');
  return value;
};

const matching = (pattern: RegExp, expected: string) => (value: unknown) => {
  const given = text(value);
  if (!pattern.test(given)) throw new ConfigError(`must be ${expected}, not "${given}"`);
  return given;
};

const oneOf = (choices: readonly string[]) => (value: unknown) => {
  const given = text(value);
  if (!choices.includes(given)) throw new ConfigError(`must be one of ${choices.join(', ')}, not "${given}"`);
  return given;
};

const whole = (min: number, max: number) => (value: unknown) => {
  const given = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof given !== 'number' || !Number.isInteger(given) || given < min || given > max) {
    throw new ConfigError(`must be a whole number from ${min} to ${max}, not "${String(value)}"`);
  }
  return given;
};

const endpoint = (value: unknown): string => {
  const given = text(value);
  if (given === 'none' || (URL.canParse(given) && /^https?:/.test(given))) return given;
  throw new ConfigError(`must be an http URL or none, not "${given}"`);
};

const share = (value: unknown): number => {
  const given = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof given === 'number' && given >= 0 && given <= 1) return given;
  throw new ConfigError(`must be a number from 0 to 1, not "${String(value)}"`);
};

const flag = (value: unknown): boolean => {
  if (value === true || value === 'true' || value === '1') return true;
  if (value === false || value === 'false' || value === '0') return false;
  throw new ConfigError(`must be true or false, not "${String(value)}"`);
};

/** Every setting of `busbar up`: the flags, the variables, the help and the reference page come from this list. */
export const SETTINGS: readonly Setting[] = [
  {
    name: 'port',
    placeholder: 'N',
    help: 'port to listen on; 0 takes a free one',
    fallback: 4010,
    parse: whole(0, MAX_PORT),
  },
  { name: 'host', placeholder: 'H', help: 'address to bind', fallback: '127.0.0.1', parse: text },
  {
    name: 'data',
    placeholder: 'DIR',
    help: 'data directory, or :memory:',
    fallback: './.busbar',
    parse: text,
  },
  {
    name: 'auth',
    placeholder: 'none|sigv4',
    help: 'accept any credentials, or verify signatures',
    fallback: 'none',
    parse: oneOf(['none', 'sigv4']),
  },
  {
    name: 'account',
    placeholder: 'ID',
    help: 'account of callers that name none',
    fallback: '000000000000',
    parse: matching(ACCOUNT, 'twelve digits'),
  },
  {
    name: 'region',
    placeholder: 'R',
    help: 'region of callers that name none',
    fallback: 'us-east-1',
    parse: matching(REGION, 'a region such as us-east-1'),
  },
  {
    name: 'logFormat',
    placeholder: 'json|pretty',
    help: 'form of the log (pretty on a terminal)',
    fallback: () => (process.stdout.isTTY ? 'pretty' : 'json'),
    parse: oneOf(['json', 'pretty']),
  },
  {
    name: 'logLevel',
    placeholder: 'LEVEL',
    help: 'debug, info, warn or error',
    fallback: 'info',
    parse: oneOf(['debug', 'info', 'warn', 'error']),
  },
  {
    name: 'insecure',
    placeholder: '',
    help: 'allow a public address with --auth none',
    fallback: false,
    parse: flag,
  },
  {
    name: 'retentionHours',
    placeholder: 'N',
    help: 'how long a bus keeps events that nobody needs any more',
    fallback: 24,
    parse: whole(0, 87_600),
  },
  {
    name: 'retentionMegabytes',
    placeholder: 'N',
    help: 'how much a bus keeps of them',
    fallback: 1024,
    parse: whole(1, 1_000_000),
  },
  {
    name: 'compat',
    placeholder: 'busbar|aws',
    help: 'what is tried again: what may succeed, or all that the AWS service tries again',
    fallback: 'busbar',
    parse: oneOf(['busbar', 'aws']),
  },
  {
    name: 'devClock',
    placeholder: '',
    help: 'let `busbar clock advance` move the clock: for development and tests',
    fallback: false,
    parse: flag,
  },
  {
    name: 'otlpEndpoint',
    placeholder: 'URL',
    help: 'where spans go, by OTLP over HTTP, such as http://127.0.0.1:4318; or none',
    fallback: 'none',
    parse: endpoint,
  },
  {
    name: 'traceRatio',
    placeholder: 'R',
    help: 'share of events that are traced where the publisher has not decided, from 0 to 1',
    fallback: 1,
    parse: share,
  },
];

const CONFIG_FILE = 'busbar.config.json';
const FUNCTIONS_FOLDER = 'functions';

/** Settings that do not belong on a command line: no single value, or secret. */
const FILE_SETTINGS: readonly {
  readonly name: keyof Config;
  /** A variable that goes before the file. */
  readonly variable?: string;
  /** Answers the setting, also when nothing is given, or throws a `ConfigError`; `place` names the file. */
  readonly read: (given: unknown, place: string, config: Pick<Config, 'auth'>) => unknown;
}[] = [
  { name: 'accounts', read: (given, place, { auth }) => readAccounts(given, place, auth === 'sigv4') },
  { name: 'quotas', read: readQuotas },
  { name: 'services', read: readServices },
  { name: 'secretKey', variable: 'BUSBAR_SECRET_KEY', read: readSecretKey },
  { name: 'targets', read: readTargets },
  { name: 'files', read: readFiles },
  { name: 'commands', read: readCommands },
  { name: 'functions', read: readFunctions },
];

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
export const flagOf = (setting: Setting): string => kebab(setting.name);
export const variableOf = (setting: Setting): string =>
  `BUSBAR_${kebab(setting.name).replaceAll('-', '_').toUpperCase()}`;

/** The settings as options of `busbar up`. */
export function settingOptions(): Option[] {
  const options = SETTINGS.map((setting) => {
    const fallback = typeof setting.fallback === 'function' ? '' : ` (default: ${String(setting.fallback)})`;
    const help = setting.help + fallback;
    return setting.placeholder
      ? { name: flagOf(setting), placeholder: setting.placeholder, help }
      : { name: flagOf(setting), help };
  });
  const help = `configuration file (default: ${CONFIG_FILE}, if there is one)`;
  return [...options, { name: 'config', placeholder: 'FILE', help }];
}

/** What the environment tells clients of a daemon. An empty variable counts as none. */
export function clientEnvironment(env: NodeJS.ProcessEnv = process.env): ClientEnvironment {
  const of = (name: string): string | undefined => env[name] || undefined;
  const accessKeyId = of('AWS_ACCESS_KEY_ID');
  const secretAccessKey = of('AWS_SECRET_ACCESS_KEY');
  return {
    url: of('AWS_ENDPOINT_URL') ?? of('BUSBAR_URL'),
    region: of('AWS_REGION') ?? of('AWS_DEFAULT_REGION'),
    credentials:
      accessKeyId !== undefined && secretAccessKey !== undefined
        ? { accessKeyId, secretAccessKey, sessionToken: of('AWS_SESSION_TOKEN') }
        : undefined,
  };
}

/** What processes of local functions get of the daemon's own environment: what programs need to run, and no secret. */
const FUNCTION_VARIABLES = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TMPDIR',
  'TEMP',
  'TZ',
  'SystemRoot',
  // Where compiled sources are kept: without it every process of a function would strip its types again.
  'NODE_COMPILE_CACHE',
] as const;

export const environmentOfFunctions = (env: NodeJS.ProcessEnv = process.env): Record<string, string> =>
  Object.fromEntries(
    FUNCTION_VARIABLES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );

/** Colours are welcome unless `NO_COLOR` is set (no-color.org) or the terminal knows none. */
export const wantsColor = (env: NodeJS.ProcessEnv = process.env): boolean =>
  !env['NO_COLOR'] && canRewriteLines(env);

/** Whether the terminal, if there is one, knows more than lines one after another. */
export const canRewriteLines = (env: NodeJS.ProcessEnv = process.env): boolean => env['TERM'] !== 'dumb';

/**
 * Reads the settings: flags first, then variables `BUSBAR_*`, then the configuration file, then defaults.
 * Throws a `ConfigError` that names the place of the mistake.
 */
export function loadConfig(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): Config {
  const flags = readFlags(argv);
  const file = readFile(flags.config as string | undefined);
  const config: Record<string, unknown> = {};
  for (const setting of SETTINGS) {
    const sources: [string, unknown][] = [
      [`--${flagOf(setting)}`, flags[flagOf(setting)]],
      [variableOf(setting), env[variableOf(setting)]],
      [`"${setting.name}" in ${file.path}`, file.values[setting.name]],
    ];
    const [place, value] = sources.find(([, given]) => given !== undefined) ?? ['', undefined];
    config[setting.name] = value === undefined ? fallbackOf(setting) : parseAt(place, setting, value);
  }
  for (const { name, variable, read } of FILE_SETTINGS) {
    const fromVariable = variable === undefined ? undefined : env[variable];
    const place = fromVariable === undefined ? file.path : 'the environment';
    config[name] = read(fromVariable ?? file.values[name], place, config as unknown as Config);
  }
  config.functionsFolder = resolve(dirname(file.path), FUNCTIONS_FOLDER);
  return config as unknown as Config;
}

/**
 * The settings of a daemon inside another program: what it gives, else the defaults. Reads no flag, no variable and no
 * file. Throws a `ConfigError` that names the option.
 */
export function configOf(given: Partial<Config>): Config {
  const config: Record<string, unknown> = {};
  for (const setting of SETTINGS) {
    const value = given[setting.name];
    config[setting.name] =
      value === undefined ? fallbackOf(setting) : parseAt(`the option "${setting.name}"`, setting, value);
  }
  for (const { name, read } of FILE_SETTINGS)
    config[name] = read(given[name], 'the options', { auth: 'none' });
  return config as unknown as Config;
}

const fallbackOf = (setting: Setting): Scalar =>
  typeof setting.fallback === 'function' ? setting.fallback() : setting.fallback;

function parseAt(place: string, setting: Setting, value: unknown): Scalar {
  try {
    return setting.parse(value);
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(`${place} ${error.message}`) : error;
  }
}

function readFlags(argv: readonly string[]): Record<string, string | boolean | undefined> {
  const options = Object.fromEntries(
    SETTINGS.map((setting) => [
      flagOf(setting),
      { type: setting.placeholder ? 'string' : 'boolean' } as const,
    ]),
  );
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { ...options, config: { type: 'string' } },
      strict: true,
    });
    return values as Record<string, string | boolean | undefined>;
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

function readFile(named: string | undefined): { path: string; values: Record<string, unknown> } {
  const path = named ?? CONFIG_FILE;
  if (!named && !existsSync(path)) return { path, values: {} };
  let values: unknown;
  try {
    values = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError(`${path} cannot be read: ${(error as Error).message}`);
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new ConfigError(`${path} must hold one JSON object`);
  }
  const known = new Set<string>([...SETTINGS, ...FILE_SETTINGS].map(({ name }) => name));
  const stranger = Object.keys(values).find((name) => !known.has(name) && !name.startsWith('$'));
  if (stranger) throw new ConfigError(`${path} has an unknown setting "${stranger}"`);
  return { path, values: values as Record<string, unknown> };
}
