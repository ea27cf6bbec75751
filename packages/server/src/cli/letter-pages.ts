import type { Client } from './client.ts';

/** A dead letter as the daemon lists it. */
export interface LetterSummary {
  readonly id: string;
  readonly createdAt: string;
  readonly eventId: string;
  readonly bus: string;
  readonly rule: string;
  readonly target: string;
  readonly code: string;
  readonly reason: string;
  readonly attempts: number;
  readonly queue?: { readonly arn: string; readonly result: string };
  readonly underWay: boolean;
}

interface Page {
  readonly deadLetters: readonly LetterSummary[];
  readonly next?: string;
}

/** All dead letters of a bus or rule, page by page, oldest first. */
export async function* pagesOf(
  client: Client,
  bus: string | undefined,
  rule: string | undefined,
): AsyncGenerator<{ readonly letters: readonly LetterSummary[]; readonly more: boolean }> {
  let after: string | undefined;
  do {
    const page: Page = await client.get<Page>('/dead-letters', { bus, rule, after });
    after = page.next;
    yield { letters: page.deadLetters, more: after !== undefined };
  } while (after !== undefined);
}
