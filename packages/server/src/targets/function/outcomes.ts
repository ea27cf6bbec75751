import type { AttemptDetails, SendOutcome } from '../../engine/ports/connector.ts';
import type { FunctionError } from '../../engine/ports/function-invoker.ts';
import { limits } from '../../model/limits.ts';

/** A function that throws an error of this type says that trying again is of no use. */
const PERMANENT = 'PermanentError';
/** A call that took longer than the function may. */
const TIMED_OUT = 'Sandbox.Timedout';
const TYPE_CHARS = 128;

/**
 * What it means for a delivery that a function has failed. The reason names the type of the error only: its message may say
 * anything, and is left to the details.
 */
export function outcomeOfError(
  name: string,
  error: Partial<FunctionError>,
  httpStatus?: number,
): SendOutcome {
  const type = String(error.errorType ?? 'an unknown error').slice(0, TYPE_CHARS);
  const details: AttemptDetails = {
    request: `Invoke ${name}`,
    ...(httpStatus !== undefined && { httpStatus }),
    response: JSON.stringify(error).slice(0, limits.attemptDetailChars),
  };
  const reason = `The function ${name} failed: ${type}.`;
  if (type === PERMANENT) return { status: 'reject', code: 'ERROR_FROM_TARGET', reason, details };
  return { status: 'retry', code: type === TIMED_OUT ? 'TIMEOUT' : 'ERROR_FROM_TARGET', reason, details };
}

export const TOO_LARGE: SendOutcome = {
  status: 'reject',
  code: 'INVALID_PARAMETER',
  reason: `The event of a function takes at most ${limits.functionEventBytes} bytes.`,
};

export const isTooLarge = (payload: string): boolean =>
  Buffer.byteLength(payload) > limits.functionEventBytes;
