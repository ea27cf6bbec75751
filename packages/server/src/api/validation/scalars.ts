import { limits } from '../../model/limits.ts';
import type { Shape } from '../../model/service-model.ts';
import { compileJavaPattern } from './java-pattern.ts';
import type { ValidationReport } from './report.ts';

/** True when the value is sound. With a report it also tells everything that is wrong. */
export type Check = (value: unknown, report: ValidationReport | undefined) => boolean;

/** Prints a value for a message; undefined when it must not be shown. */
export type Show = (value: unknown) => string | undefined;

const INT_MAX = 2_147_483_647;

/** Tells the report that a value of this JSON type cannot become `wanted` (`a String`, `an Integer`). Answers false. */
export function refuseType(value: unknown, wanted: string, report: ValidationReport | undefined): false {
  if (!report) return false;
  if (Array.isArray(value)) report.conversion('Start of list found where not expected');
  else if (typeof value === 'object')
    report.conversion('Start of structure or map found where not expected.');
  else report.conversion(`${tokenName(value)} can not be converted to ${wanted}`);
  return false;
}

function tokenName(value: unknown): string {
  if (value === true) return 'TRUE_VALUE';
  if (value === false) return 'FALSE_VALUE';
  return typeof value === 'number' ? 'NUMBER_VALUE' : 'STRING_VALUE';
}

/** Length in characters, not UTF-16 units: only values with surrogate pairs above the limit cost a second look. */
function longerThan(text: string, max: number): boolean {
  if (text.length <= max) return false;
  if (text.length > 2 * max) return true;
  let characters = 0;
  for (let at = 0; at < text.length; at++) {
    if (text.codePointAt(at)! > 0xffff) at++;
    characters++;
  }
  return characters > max;
}

/** Pattern before length before enum: the order in which the service lists them. */
export function compileString(shape: Shape, show: Show, checkEnum: boolean): Check {
  const min = shape.min ?? 0;
  const max = shape.max ?? Infinity;
  const pattern = shape.pattern === undefined ? undefined : compileJavaPattern(shape.pattern);
  const matchable = max < limits.patternCheckChars ? limits.patternCheckChars : Infinity;
  const choices = shape.enum && checkEnum ? new Set(shape.enum) : undefined;
  return (value, report) => {
    if (typeof value !== 'string') return refuseType(value, 'a String', report);
    const mismatch = pattern !== undefined && value.length <= matchable && !pattern.test(value);
    const short = value.length < min;
    const long = longerThan(value, max);
    const foreign = choices !== undefined && !choices.has(value);
    if (!mismatch && !short && !long && !foreign) return true;
    if (!report) return false;
    const shown = report.wantsText ? show(value) : undefined;
    if (mismatch) report.violation(shown, `satisfy regular expression pattern: ${shape.pattern}`);
    if (short) report.violation(shown, `have length greater than or equal to ${min}`);
    if (long) report.violation(shown, `have length less than or equal to ${max}`);
    if (foreign) report.violation(shown, `satisfy enum value set: [${shape.enum!.join(', ')}]`);
    return false;
  };
}

export function compileNumber(shape: Shape, show: Show): Check {
  const whole = shape.type === 'integer' || shape.type === 'long';
  const bound =
    shape.type === 'integer' ? INT_MAX : shape.type === 'long' ? Number.MAX_SAFE_INTEGER : Infinity;
  const wanted = { integer: 'an Integer', long: 'a Long', timestamp: 'a Timestamp' }[shape.type as string];
  const min = shape.min ?? -Infinity;
  const max = shape.max ?? Infinity;
  return (value, report) => {
    const fits = typeof value === 'number' && Math.abs(value) <= bound && (!whole || Number.isInteger(value));
    if (!fits || !Number.isFinite(value)) return refuseType(value, wanted ?? 'a Double', report);
    if (value >= min && value <= max) return true;
    if (!report) return false;
    if (value < min) report.violation(show(value), `have value greater than or equal to ${min}`);
    else report.violation(show(value), `have value less than or equal to ${max}`);
    return false;
  };
}

export const checkBoolean: Check = (value, report) =>
  typeof value === 'boolean' || refuseType(value, 'a Boolean', report);

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Blobs stay the base64 text in which they travel; one that is a whole body comes as its bytes. */
export const checkBlob: Check = (value, report) => {
  if (value instanceof Uint8Array) return true;
  if (typeof value !== 'string') return refuseType(value, 'a Blob', report);
  if (BASE64.test(value)) return true;
  report?.conversion('STRING_VALUE can not be converted to a Blob: it is not base64.');
  return false;
};
