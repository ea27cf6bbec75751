import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { ConfigError } from '../../../src/config/error.ts';
import { readSecretKey, secretKeysOf } from '../../../src/config/secret-key.ts';
import { loadConfig } from '../../../src/config.ts';
import { silentLogger } from '../../../src/engine/ports/logger.ts';
import { openSecretBox } from '../../../src/store/secrets/index.ts';

const OWNER = 'arn:aws:events:us-east-1:000000000000:connection/c/1';
const FIRST = Buffer.alloc(32, 1).toString('base64');
const SECOND = Buffer.alloc(32, 2).toString('base64');

const boxOf = (keys: string) => openSecretBox(secretKeysOf(keys), undefined, silentLogger);

function directory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'busbar-secrets-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe('secret box', () => {
  test('opens what it has sealed, each time sealed anew', async () => {
    const box = await boxOf(FIRST);
    const texts = ['', 'grüße', 'x'.repeat(100_000)];
    for (const text of texts) assert.equal(box.open(box.seal(text, OWNER), OWNER), text);
    assert.notEqual(box.seal('a', OWNER), box.seal('a', OWNER));
  });

  test('opens for its owner only', async () => {
    const box = await boxOf(FIRST);
    assert.equal(box.open(box.seal('a', OWNER), `${OWNER}2`), undefined);
  });

  test('notices every changed character', async () => {
    const box = await boxOf(FIRST);
    const sealed = box.seal('secret', OWNER);
    for (let index = 0; index < sealed.length; index++) {
      const other = sealed[index] === 'A' ? 'B' : 'A';
      const damaged = sealed.slice(0, index) + other + sealed.slice(index + 1);
      // The last character of base64url may hold bits that mean nothing.
      if (index < sealed.length - 1) assert.equal(box.open(damaged, OWNER), undefined, String(index));
    }
    for (const text of ['', 'v1', 'v1..', sealed.slice(0, 40), 'nonsense']) {
      assert.equal(box.open(text, OWNER), undefined);
    }
  });

  test('configured keys: the first one seals, all open', async () => {
    const old = (await boxOf(FIRST)).seal('a', OWNER);
    const box = await boxOf(`${SECOND}, ${FIRST}`);
    assert.equal(box.open(old, OWNER), 'a');
    assert.equal(box.isCurrent(old), false);
    assert.equal(await box.renew(), false);
    const fresh = box.seal('a', OWNER);
    assert.equal(box.isCurrent(fresh), true);
    await box.forgetOldKeys();
    assert.equal(box.open(old, OWNER), 'a');
    assert.equal((await boxOf(SECOND)).open(fresh, OWNER), 'a');
    assert.equal((await boxOf(SECOND)).open(old, OWNER), undefined);
  });

  test('a key of its own: kept in the directory, renewed, forgotten', async (t) => {
    const path = directory(t);
    const open = () => openSecretBox([], path, silentLogger);
    const box = await open();
    const old = box.seal('a', OWNER);
    assert.equal((await open()).open(old, OWNER), 'a');
    assert.equal(await box.renew(), true);
    assert.equal(box.open(old, OWNER), 'a');
    const fresh = box.seal('a', OWNER);
    // As after a crash in the middle: both keys are there.
    assert.equal((await open()).open(old, OWNER), 'a');
    assert.equal((await open()).isCurrent(fresh), true);
    await box.forgetOldKeys();
    assert.equal((await open()).open(fresh, OWNER), 'a');
    assert.equal((await open()).open(old, OWNER), undefined);
  });

  test('the key file is for its owner only, also when it was not', async (t) => {
    const path = directory(t);
    const file = join(path, 'secret.key');
    const box = await openSecretBox([], path, silentLogger);
    const modeOf = () => statSync(file).mode & 0o777;
    assert.equal(modeOf(), 0o600);
    chmodSync(file, 0o644);
    await openSecretBox([], path, silentLogger);
    assert.equal(modeOf(), 0o600);
    await box.renew();
    assert.equal(modeOf(), 0o600);
  });

  test('a file that holds no keys is left as it is, and refused', async (t) => {
    const path = directory(t);
    const file = join(path, 'secret.key');
    for (const text of ['', 'nonsense\n', `${FIRST}\nshort\n`]) {
      writeFileSync(file, text);
      await assert.rejects(openSecretBox([], path, silentLogger), { kind: 'damaged' });
      assert.equal(readFileSync(file, 'utf8'), text);
    }
  });
});

describe('the setting', () => {
  const bad = ['', 'short', `${FIRST},`, `${FIRST},nope`, 7, {}, Buffer.alloc(31).toString('base64')];
  for (const value of bad) {
    test(`refused: ${JSON.stringify(value)}`, () => {
      assert.throws(
        () => readSecretKey(value, 'the file'),
        (error) => error instanceof ConfigError && !error.message.includes(FIRST),
      );
    });
  }

  test('the variable is read', () => {
    const config = loadConfig([], { BUSBAR_SECRET_KEY: `${FIRST},${SECOND}` });
    assert.deepEqual(
      secretKeysOf(config.secretKey).map((key) => key.toString('base64')),
      [FIRST, SECOND],
    );
    assert.deepEqual(secretKeysOf(loadConfig([], {}).secretKey), []);
  });
});
