/** What the language offers for numbers that a double cannot hold; TypeScript does not know of it yet. */
declare global {
  interface JSON {
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
  }
}

type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;

const keepNumbers: Reviver = (_key, value, context) =>
  typeof value === 'number' && context.source !== undefined && String(value) !== context.source
    ? JSON.rawJSON(context.source)
    : value;

/** Parses JSON so that `stringifyExact` writes every number as it was: `12345678901234567890`, `1.0`, `1e3`. */
export function parseExact(text: string): unknown {
  return JSON.parse(text, keepNumbers as (this: unknown, key: string, value: unknown) => unknown);
}

export function stringifyExact(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent);
}
