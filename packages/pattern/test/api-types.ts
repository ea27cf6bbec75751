/** What the type checker must take and must refuse. Nothing here runs: `tsc` is the test. */
import { createMatcher, parsePattern, PatternError } from '../src/index.ts';
import type {
  Contract,
  explain,
  Explanation,
  Matcher,
  matchesPattern,
  MatcherOptions,
  Pattern,
} from '../src/index.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_ extends true>(): void => {};

export function checkTypes(bytes: Uint8Array): void {
  const pattern = parsePattern('{"a":[1]}');
  holds<Same<typeof pattern, Pattern>>();
  const matcher = createMatcher<number>({ contract: 'trusted' });
  holds<Same<typeof matcher, Matcher<number>>>();
  holds<Same<ReturnType<typeof matcher.match>, number[]>>();
  holds<Same<Contract, 'scan' | 'trusted' | 'strict'>>();
  holds<Same<ReturnType<typeof matchesPattern>, boolean>>();
  holds<Same<ReturnType<typeof explain>, Explanation>>();
  matcher.add(1, pattern);
  matcher.add(2, '{"a":[1]}');
  matcher.match(bytes);
  holds<Same<ReturnType<typeof pattern.literalStrings>, readonly string[] | undefined>>();
  const options: MatcherOptions = { contract: 'scan', generate: false, settleAfter: 1 };
  createMatcher<{ rule: string }>(options).add({ rule: 'x' }, pattern);
  // @ts-expect-error ids have the type that the matcher was made for
  matcher.add('1', pattern);
  // @ts-expect-error an event is a text or bytes
  matcher.match({ a: 1 });
  // @ts-expect-error there are three contracts
  createMatcher({ contract: 'loose' });
  // @ts-expect-error nor do the combinations of a pattern
  pattern.combinations.push([]);
  // @ts-expect-error a pattern does not change
  pattern.text = '';
  // @ts-expect-error and has no other properties
  holds<Same<typeof pattern.rules, never>>();
  const { line, column, reason } = new PatternError('x');
  holds<Same<[typeof line, typeof column, typeof reason], [number, number, string]>>();
}
