import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { shortNames } from '../../../scripts/short-names.ts';

const SOURCE = `
interface Looks {
  readonly seen: number;
  readonly hint?: string;
}
class Base {
  readonly low = 1;
  tell(): string {
    const { seen } = this.looks;
    return \`\${seen}\`;
  }
}
export class Derived extends Base {
  readonly high = 2;
}
class Other {
  readonly far = { near: 1, ...{} };
}
`;

const folder = mkdtempSync(join(tmpdir(), 'short-names-'));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'source.ts'), SOURCE);
const MEMBERS = ['seen', 'hint', 'low', 'tell', 'high', 'far', 'near'];
const names = shortNames(folder, MEMBERS);

test('members of one class, inherited ones among them, have names of their own', () => {
  assert.equal(new Set([names.low, names.tell, names.high]).size, 3);
});

test('members that no object has both share a name', () => {
  assert.ok(new Set(Object.values(names)).size < MEMBERS.length);
  assert.equal(names.seen, names.low);
});

test('members that objects may lack, or get from other objects, share their name with none', () => {
  for (const member of ['hint', 'near'])
    assert.equal(Object.values(names).filter((name) => name === names[member]).length, 1, member);
});
