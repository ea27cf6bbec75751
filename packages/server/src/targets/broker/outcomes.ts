import type { DeliveryErrorCode, OutgoingDelivery, SendOutcome } from '../../engine/ports/connector.ts';

/*
 * Reasons are texts of our own, with no more of another program's words than an error code: what clients and brokers say
 * may hold addresses, names and passwords.
 */

export type Failure = Exclude<SendOutcome, { readonly status: 'delivered' }>;

export const retry = (code: DeliveryErrorCode, reason: string): Failure => ({
  status: 'retry',
  code,
  reason,
});

export const reject = (code: DeliveryErrorCode, reason: string): Failure => ({
  status: 'reject',
  code,
  reason,
});

/** The same outcome for every delivery of a batch. */
export const forEach = (batch: readonly OutgoingDelivery[], outcome: SendOutcome): SendOutcome[] =>
  batch.map(() => outcome);

const ERROR_CODE = /^[A-Z][A-Z0-9_]*$/;

/** The code of an error or of what caused it (`ECONNREFUSED`); undefined when it has none that is fit to be shown. */
export function errorCode(error: unknown): string | undefined {
  // Clients wrap what the socket said, and some wrap several.
  const queue: unknown[] = [error];
  for (let looked = 0; looked < queue.length && looked < MAX_CAUSES; looked++) {
    const each = queue[looked];
    if (typeof each !== 'object' || each === null) continue;
    const { code, cause, errors } = each as { code?: unknown; cause?: unknown; errors?: unknown };
    if (typeof code === 'string' && ERROR_CODE.test(code) && !code.startsWith('PLT_')) return code;
    queue.push(cause, ...(Array.isArray(errors) ? (errors as unknown[]) : []));
  }
  return undefined;
}

const MAX_CAUSES = 16;

/** What to say when a server cannot be reached: to be tried again. */
export function connectionFailure(title: string, error: unknown): Failure {
  const code = errorCode(error);
  return retry('CONNECTION_FAILURE', `No connection to the ${title} server${code ? ` (${code})` : ''}.`);
}

export const connectionLost = (title: string): Failure =>
  retry('CONNECTION_FAILURE', `The connection to the ${title} server was lost before it acknowledged.`);
