import type { DeliveryErrorCode } from '../../engine/ports/connector.ts';
import { connectionFailure, connectionLost, reject, retry, type Failure } from '../broker/outcomes.ts';

const TITLE = 'PostgreSQL';

/** What a server said: its five-letter code, and names of the schema that say where. Its message may hold data. */
interface ServerError {
  readonly code: string;
  readonly constraint?: string;
  readonly column?: string;
}

const isServerError = (error: unknown): error is ServerError =>
  typeof (error as { severity?: unknown }).severity === 'string' &&
  typeof (error as { code?: unknown }).code === 'string';

/** Codes, or the classes that they begin with, and what they mean; the first that fits counts. */
const MEANINGS: readonly (readonly [code: string, status: 'retry' | 'reject', meaning: DeliveryErrorCode])[] =
  [
    ['08', 'retry', 'CONNECTION_FAILURE'],
    ['22', 'reject', 'INVALID_PARAMETER'],
    ['23', 'reject', 'INVALID_PARAMETER'],
    ['25', 'retry', 'ERROR_FROM_TARGET'],
    ['28', 'reject', 'NO_PERMISSIONS'],
    ['3D000', 'reject', 'NO_RESOURCE'],
    ['3F000', 'reject', 'NO_RESOURCE'],
    ['42P01', 'reject', 'NO_RESOURCE'],
    ['42501', 'reject', 'NO_PERMISSIONS'],
    ['42', 'reject', 'INVALID_PARAMETER'],
    ['44', 'reject', 'INVALID_PARAMETER'],
    ['53300', 'retry', 'THROTTLING'],
    ['54', 'reject', 'INVALID_PARAMETER'],
    ['57014', 'retry', 'TIMEOUT'],
    ['57', 'retry', 'CONNECTION_FAILURE'],
    // A trigger of the table has raised it.
    ['P0', 'reject', 'ERROR_FROM_TARGET'],
  ];

/** What an error of a statement means for the deliveries in it. */
export function statementFailure(error: unknown): Failure {
  if (!isServerError(error)) return connectionLost(TITLE);
  const [, status = 'retry', meaning = 'ERROR_FROM_TARGET'] =
    MEANINGS.find(([code]) => error.code.startsWith(code)) ?? [];
  const place = error.constraint ?? error.column;
  const reason = `PostgreSQL refused it (${error.code}${place === undefined ? '' : `, ${place}`}).`;
  return (status === 'retry' ? retry : reject)(meaning, reason);
}

/** Whether an error may be the fault of one row alone. */
export const isRowFault = (error: unknown): boolean =>
  isServerError(error) && /^(?:22|23|44|54|P0)/.test(error.code);

/** What a server says of a notification when those who listen are too far behind. */
export const isQueueFull = (error: unknown): boolean => isServerError(error) && error.code === '54000';

/** Whether an error says that the table is not what it was, or what we think. */
export const isTableFault = (error: unknown): boolean => isServerError(error) && error.code.startsWith('42');

export function connectFailure(error: unknown): Failure {
  // The client's own words for a password that is asked for and not there.
  if (error instanceof Error && error.message.startsWith('SASL')) return NOT_LET_IN;
  if (!isServerError(error)) return connectionFailure(TITLE, error);
  const failure = statementFailure(error);
  return failure.code === 'NO_PERMISSIONS' ? NOT_LET_IN : failure;
}

const NOT_LET_IN = reject('NO_PERMISSIONS', 'The PostgreSQL server refused the configured user.');
