import { isIP } from 'node:net';
import { ApiError } from '../../model/errors.ts';
import type { Authenticator, Caller } from '../auth/authenticator.ts';
import { isCrossOrigin } from '../http/origin.ts';
import { headerOf } from '../request-head.ts';
import type { RequestHead } from '../request-head.ts';

/** The service name in the credential scope of requests to the operator's API. */
export const SIGNING_NAME = 'busbar';

const forbidden = (message: string): ApiError =>
  new ApiError('AccessDeniedException', message, { status: 403 });

/** Endings of names that nobody can register: only the machine's own resolver or network answers for them. */
const LOCAL_ENDINGS = ['.localhost', '.local', '.internal', '.lan', '.home.arpa', '.test', '.svc'];

/**
 * Turns away what a web page may have sent: requests of other origins, and, where no signature is verified, requests to
 * a name that somebody else may own. Such a name can be pointed at this machine once the page is loaded (DNS rebinding);
 * the browser then takes the daemon for the page's own server.
 */
export function checkOrigin(head: RequestHead, signed: boolean): void {
  const site = headerOf(head, 'sec-fetch-site');
  const foreign = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (foreign || isCrossOrigin(head)) {
    throw forbidden('Requests from web pages of other origins are not accepted.');
  }
  if (signed || isOwnHost(head.headers.host)) return;
  throw forbidden(
    'Without signatures this API is only served under an address, localhost, or a name of a local network. ' +
      'Use one of these, or start the daemon with --auth sigv4.',
  );
}

function isOwnHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  const name = host
    .replace(/:\d{1,5}$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  if (isIP(name) > 0) return true;
  // A name without a dot is not registered anywhere: `localhost`, or a container of the same network.
  if (/^[a-z0-9_-]+$/.test(name)) return true;
  return LOCAL_ENDINGS.some((ending) => name.endsWith(ending));
}

/** Who calls. What the APIs call a bad signature is a 403 here. */
export function callerOf(authenticator: Authenticator, head: RequestHead, body: Buffer): Caller {
  try {
    return authenticator.authenticate(head, body, SIGNING_NAME);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new ApiError(error.code, error.message, { status: 403 });
  }
}
