/** Steps into a JSON value: to a member, to an element, or to every element of an array. */
export type PropertyPath = readonly (
  { readonly member: string } | { readonly element: number } | { readonly every: true }
)[];

/** The values that a path leads to: none, one, or those of every element where it has `[*]`. */
export function valuesAt(root: unknown, path: PropertyPath): unknown[] {
  let values = [root];
  for (const step of path) {
    values = values.flatMap((value) => {
      if (typeof value !== 'object' || value === null) return [];
      if ('member' in step) {
        return !Array.isArray(value) && Object.hasOwn(value, step.member)
          ? [(value as Record<string, unknown>)[step.member]]
          : [];
      }
      if (!Array.isArray(value)) return [];
      if ('every' in step) return value as unknown[];
      return step.element < value.length ? [value[step.element] as unknown] : [];
    });
  }
  return values;
}
