import type { Call } from '../../model/operation.ts';
import type { Scope } from '../../model/resources.ts';
import { invalidAddress } from './errors.ts';

/** A queue's place, as a URL tells it. */
export interface QueueAddress extends Scope {
  readonly name: string;
}

const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;
/** `sqs.<region>.…` and the older `<region>.queue.…`. */
const REGIONAL_HOST = /^(?:sqs\.([a-z0-9-]+)|([a-z0-9-]+)\.queue)\./;

/** The URL that clients of this call use: on the host that they reached Busbar by. */
export function queueUrl(call: Call, account: string, name: string): string {
  return `${call.origin}/${account}/${name}`;
}

/**
 * Finds out which queue a URL names. Any host will do: `http://host/<account>/<name>` (region of the call, unless the
 * host tells one: `sqs.<region>.…`), `http://host/queue/<region>/<account>/<name>`, or the path alone.
 * Throws InvalidAddress for anything else, an ARN for instance.
 */
export function parseQueueUrl(text: string, call: Call): QueueAddress {
  const url = toUrl(text);
  const segments = url?.pathname.split('/').filter((segment) => segment !== '') ?? [];
  if (url && segments.length === 2) {
    const [account = '', name = ''] = segments;
    if (ACCOUNT.test(account)) return { account, name, region: regionOfHost(url.hostname) ?? call.region };
  }
  if (segments.length === 4 && segments[0] === 'queue') {
    const [, region = '', account = '', name = ''] = segments;
    if (ACCOUNT.test(account) && REGION.test(region)) return { account, name, region };
  }
  throw invalidAddress(text);
}

function toUrl(text: string): URL | undefined {
  const url = URL.parse(text.startsWith('/') ? `http://localhost${text}` : text);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
}

function regionOfHost(host: string): string | undefined {
  const match = REGIONAL_HOST.exec(host);
  const region = match?.[1] ?? match?.[2];
  return region !== undefined && REGION.test(region) ? region : undefined;
}
