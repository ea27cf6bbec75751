/** A time (ms since the epoch) as signatures write it: `20260101T000000Z`. */
export function basicTimestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '');
}
