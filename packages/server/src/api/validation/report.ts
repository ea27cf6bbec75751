import { ApiError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';

/** How a path names its steps: the constraint grammar and SQS each have their own. */
export interface PathStyle {
  /** `wireName` is what the query protocol calls the member. */
  member(name: string, wireName: string): string;
  item(position: number): string;
}

/**
 * What is wrong with one input. Filled by the second, thorough walk over an input that failed the quick one.
 * A value of the wrong JSON type outweighs every violated constraint, as the service parses before it validates.
 */
export class ValidationReport {
  readonly #path: string[] = [];
  readonly #violations: string[] = [];
  #count = 0;
  #conversion: string | undefined;
  #missing: string | undefined;

  enter(step: string): void {
    this.#path.push(step);
  }

  leave(): void {
    this.#path.pop();
  }

  /** True while another violation would still be shown: callers spare themselves the text otherwise. */
  get wantsText(): boolean {
    return this.#violations.length < limits.validationViolations;
  }

  /** `shown` is the value as the message prints it; undefined for a sensitive one, which no message prints. */
  violation(shown: string | undefined, rule: string): void {
    this.#count++;
    if (!this.wantsText) return;
    const value = shown === undefined ? 'Value' : `Value '${shown}'`;
    this.#add(value, rule);
  }

  missing(): void {
    this.#missing ??= this.#path.join('.');
    this.#count++;
    if (this.wantsText) this.#add('Value null', 'not be null');
  }

  /** A value whose JSON type the member does not take. */
  conversion(text: string): void {
    this.#conversion ??= text;
  }

  #add(value: string, rule: string): void {
    const path = this.#path.join('.');
    this.#violations.push(`${value} at '${path}' failed to satisfy constraint: Member must ${rule}`);
  }

  /** The error in the constraint grammar of events-api §1.2. */
  toValidationError(code = 'ValidationException'): ApiError {
    if (this.#conversion !== undefined) return serializationError(this.#conversion);
    const noun = this.#count === 1 ? 'error' : 'errors';
    return new ApiError(code, `${this.#count} validation ${noun} detected: ${this.#violations.join('; ')}`);
  }

  /** The error as SQS words it: the first parameter that is missing. */
  toMissingParameterError(): ApiError {
    if (this.#conversion !== undefined) return serializationError(this.#conversion);
    return new ApiError(
      'MissingRequiredParameterException',
      `The request must contain the parameter ${this.#missing ?? ''}.`,
      { queryCode: 'MissingParameter' },
    );
  }
}

/** The body could not be read as the operation's input. */
export const serializationError = (message: string): ApiError =>
  new ApiError('SerializationException', message, { queryCode: 'MalformedInput' });
