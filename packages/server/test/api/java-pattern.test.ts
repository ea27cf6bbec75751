import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assert as holds, property, string } from 'fast-check';
import { compileJavaPattern } from '../../src/api/validation/java-pattern.ts';
import { serviceModels } from '../../src/model/service-model.ts';

const CASES: readonly (readonly [pattern: string, sound: string, foul: string])[] = [
  ['a|b', 'b', 'ab'],
  [String.raw`[\.\-_A-Za-z0-9]+`, 'a.b-c_9', 'a b'],
  [String.raw`[A-Za-z0-9\_\-]+`, 'a_-', 'a.'],
  [String.raw`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`, 'é 9_', 'a!'],
  ['.*', 'abc', 'a\u0085b'],
  ['.*', '', 'a\nb'],
  [String.raw`^(?!\s*$).+`, ' a', ' \t '],
  [String.raw`^(?!\s*$).+`, '\u00a0', ''],
  ['[a-zA-Z0-9-_]+', 'a-_', 'a.'],
  ['a', 'a', 'a\n'],
  [String.raw`[[]`, '[', ']'],
];

describe('Java patterns', () => {
  for (const [pattern, sound, foul] of CASES) {
    it(`${pattern} takes ${JSON.stringify(sound)}, not ${JSON.stringify(foul)}`, () => {
      const compiled = compileJavaPattern(pattern);
      assert.deepEqual([compiled.test(sound), compiled.test(foul)], [true, false]);
    });
  }

  it('all patterns of the carried models compile', () => {
    for (const model of serviceModels) {
      for (const shape of Object.values(model.shapes)) if (shape.pattern) compileJavaPattern(shape.pattern);
    }
  });

  for (const [pattern, alphabet] of [
    [String.raw`^[ \t]*[^\x00-\x1F:\x7F]+([ \t]+[^\x00-\x1F:\x7F]+)*[ \t]*$`, ' \t:ab\x7f\x01é'],
    [String.raw`^[ \t]*[\x20-\x7E]+([ \t]+[\x20-\x7E]+)*[ \t]*$`, ' \t~ab\x7f\x01é'],
  ] as const) {
    it(`the linear twin of ${pattern} accepts the same values`, () => {
      const slow = new RegExp(pattern, 'u');
      const quick = compileJavaPattern(pattern);
      const unit = string({ minLength: 1, maxLength: 1 }).map(
        (text) => alphabet[text.charCodeAt(0) % alphabet.length]!,
      );
      holds(
        property(string({ unit, maxLength: 10 }), (value) => slow.test(value) === quick.test(value)),
        { numRuns: 5_000 },
      );
    });
  }
});
