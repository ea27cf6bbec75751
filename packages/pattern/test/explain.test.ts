import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain } from '../src/index.ts';

/** pattern, event, and what the summary must say. */
const MISSES: readonly [string, string, RegExp][] = [
  ['{"state":["on"]}', '{"detail":{"state":"on"}}', /"state" has no value.*has "detail\.state" instead/],
  ['{"detail":{"State":["on"]}}', '{"detail":{"state":"on"}}', /"detail\.state", and upper and lower case/],
  ['{"a":{"State":["on"]}}', '{"detail":{"state":"on"}}', /has "detail\.state" instead/],
  [
    '{"a":["running"]}',
    '{"a":"Running"}',
    /wanted the string "running"\. .*differ only in upper and lower case/,
  ],
  ['{"a":[{"prefix":"run"}]}', '{"a":"RUNNING"}', /starts with "run".*only in upper and lower case/],
  ['{"a":["x"]}', '{"a":"x "}', /only in white space/],
  ['{"a":["5"]}', '{"a":5}', /has the number 5, and the pattern wants a string/],
  ['{"a":[5]}', '{"a":"5"}', /has the string "5", and the pattern wants a number/],
  ['{"a":[{"numeric":[">",3]}]}', '{"a":"5"}', /wanted a number > 3.*wants a number/],
  ['{"a":[true]}', '{"a":"true"}', /wants the literal true/],
  ['{"a":["null"]}', '{"a":null}', /has the literal null, and the pattern wants a string/],
  [
    '{"a":{"b":[1],"c":[2]}}',
    '{"a":[{"b":1},{"c":2}]}',
    /"a\.c" has a fitting value, but in a different array element/,
  ],
  [
    '{"a":{"b":[{"exists":false}],"c":[1]}}',
    '{"a":[{"c":1},{"b":2}]}',
    /"a\.b" is 2; wanted no value at all/,
  ],
  [
    '{"detail":{"x":[1]}}',
    '{"detail":"{\\"x\\":1}"}',
    /"detail" is .* and not an object\. JSON within a string/,
  ],
  [
    '{"detail":[{"exists":true}]}',
    '{"detail":{"x":1}}',
    /It is an object; name a field within it, such as "detail\.x"/,
  ],
  ['{"a":[{"exists":false}]}', '{"a":1}', /The field must be absent/],
  ['{"a":[{"anything-but":5}]}', '{"a":5}', /"a" is 5; wanted anything but the number 5\.$/],
  [
    '{"a":["x","y",{"suffix":"z"}]}',
    '{"a":["p","q"]}',
    /has the values "p", "q"; wanted .*"x", .*"y" or .*ends with "z"/,
  ],
  ['{"$or":[{"a":[1]},{"b":[true]}]}', '{"b":"true"}', /any of its combinations.*"b" is "true"/],
  ['{"a":[{"numeric":[">=",1,"<",2]}]}', '{"a":2}', /a number >= 1 and < 2/],
  ['{"a":[{"cidr":"10.0.0.0/8"}]}', '{"a":"11.0.0.1"}', /an IP address within 10\.0\.0\.0\/8/],
];

test('why a pattern does not match', () => {
  for (const [pattern, event, told] of MISSES) {
    const explanation = explain(pattern, event);
    assert.equal(explanation.matched, false, pattern);
    assert.match(explanation.summary, told);
  }
});

test('why a pattern matches, leaf by leaf', () => {
  const explanation = explain(
    '{"a":{"b":[1],"c":[{"exists":false}]},"d":["x",{"prefix":"y"}]}',
    '{"a":[{"b":1},{"c":2}],"d":"yes"}',
  );
  assert.deepEqual(explanation, {
    matched: true,
    summary: 'The pattern matches the event.',
    combinations: [
      {
        matched: true,
        leaves: [
          {
            path: 'a.b',
            wanted: ['the number 1'],
            found: ['1'],
            matched: true,
            reason: '"a.b" is 1, which is the number 1.',
          },
          {
            path: 'a.c',
            wanted: ['no value at all'],
            found: ['2'],
            matched: true,
            reason:
              '"a.c" has no value in the array element that the other fields match in, and that is wanted.',
          },
          {
            path: 'd',
            wanted: ['the string "x"', 'a string that starts with "y"'],
            found: ['"yes"'],
            matched: true,
            reason: '"d" is "yes", which is a string that starts with "y".',
          },
        ],
      },
    ],
  });
});

test('an explanation lists few of many values', () => {
  const values = Array.from({ length: 1000 }, (_, i) => i).join();
  const [combination] = explain('{"a":["x"]}', `{"a":[${values}]}`).combinations;
  assert.equal(combination!.leaves[0]!.found.length, 10);
});
