import { createRequire } from 'node:module';
import type { UniversalCall } from '../../model/universal-call.ts';
import type { UniversalApi } from './api.ts';

interface Directory {
  readonly apis: Readonly<Record<string, UniversalApi>>;
  /** Names, with spaces between, of APIs that AWS has and Busbar cannot call. */
  readonly others: string;
}

/** Services that are called by two names. */
const ALIASES: Readonly<Record<string, string>> = { events: 'eventbridge' };

let directory: Directory | undefined;

/** Half a megabyte, read when the first schedule calls an API. */
function read(): Directory {
  directory ??= createRequire(import.meta.url)('./apis.json') as Directory;
  return directory;
}

/** The name that a service goes by here. */
export const serviceNameOf = ({ service }: UniversalCall): string => ALIASES[service] ?? service;

/** The API that a call is one of; undefined when it is not known, or cannot be called. */
export function apiOf(call: UniversalCall): UniversalApi | undefined {
  const name = serviceNameOf(call);
  const { apis } = read();
  return Object.hasOwn(apis, name) ? apis[name] : undefined;
}

/** Whether AWS has an API of that name which cannot be called from here. */
export const isUncalledApi = ({ service }: UniversalCall): boolean =>
  read().others.split(' ').includes(service);

export const hasAction = ({ actions }: UniversalApi, action: string): boolean =>
  actions.split(' ').includes(action);
