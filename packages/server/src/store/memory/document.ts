/**
 * Documents are kept as JSON text, here as in every other store: a caller that changes an object after it was put, or
 * after it was got, changes nothing in the store.
 */
export function freeze(document: unknown): string | undefined {
  return JSON.stringify(document) as string | undefined;
}

export function thaw(text: string | undefined): unknown {
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
