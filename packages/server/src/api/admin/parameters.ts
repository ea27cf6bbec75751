import { ApiError } from '../../model/errors.ts';

export const badRequest = (message: string): ApiError => new ApiError('BadRequestException', message);

export const notFound = (message: string): ApiError =>
  new ApiError('NotFoundException', message, { status: 404 });

/** A query parameter that is given at most once; undefined when it is missing or empty. Throws for a longer text. */
export function textParameter(query: URLSearchParams, name: string, maxChars: number): string | undefined {
  const values = query.getAll(name);
  if (values.length > 1) throw badRequest(`The parameter ${name} is given ${values.length} times.`);
  const [value] = values;
  if (value !== undefined && value.length > maxChars) {
    throw badRequest(`The parameter ${name} must not have more than ${maxChars} characters.`);
  }
  return value === '' ? undefined : value;
}

/** A whole number from the query; undefined when it is missing. */
export function numberParameter(
  query: URLSearchParams,
  name: string,
  min: number,
  max: number,
): number | undefined {
  const text = textParameter(query, name, 20);
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw badRequest(`The parameter ${name} must be a whole number from ${min} to ${max}.`);
  }
  return value;
}

/** Longer than any time that can be meant. */
const TIME_CHARS = 40;

/** A time from the query, in milliseconds since the epoch; undefined when it is missing. */
export function timeParameter(query: URLSearchParams, name: string): number | undefined {
  const text = textParameter(query, name, TIME_CHARS);
  if (text === undefined) return undefined;
  return timeIn(text, `The parameter ${name}`);
}

function timeIn(text: string, what: string): number {
  // `5` would parse too, as a day in 2001.
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw badRequest(`${what} must be a time such as 2026-01-01T12:00:00Z.`);
  return time;
}

/** Turns away parameters that a route does not know: a misspelt filter must not answer everything. */
export function onlyParameters(query: URLSearchParams, known: readonly string[]): void {
  for (const name of query.keys()) {
    if (!known.includes(name)) {
      const list = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`;
      throw badRequest(`There is no parameter "${name.slice(0, 64)}" here: ${list}.`);
    }
  }
}

/** Turns away members of a body that a route does not know. */
export function onlyMembers(body: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  const stranger = Object.keys(body).find((name) => !known.includes(name));
  if (stranger !== undefined) throw badRequest(`There is no member "${stranger.slice(0, 64)}" here.`);
}

/** A text of a body; undefined when it is missing. */
export function textMember(
  body: Readonly<Record<string, unknown>>,
  name: string,
  maxChars: number,
): string | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw badRequest(`"${name}" must be a text.`);
  if (value.length > maxChars) throw badRequest(`"${name}" must not have more than ${maxChars} characters.`);
  return value;
}

/** A time of a body; undefined when it is missing. */
export function timeMember(body: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const text = textMember(body, name, TIME_CHARS);
  return text === undefined ? undefined : timeIn(text, `"${name}"`);
}

/** A text of a body that must be there. */
export function requiredText(
  body: Readonly<Record<string, unknown>>,
  name: string,
  maxChars: number,
): string {
  const value = textMember(body, name, maxChars);
  if (!value) throw badRequest(`"${name}" is missing.`);
  return value;
}
