import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { SecretBox } from '../../engine/ports/secret-box.ts';

/** Where the keys are kept that the daemon makes itself. */
export interface KeyStore {
  save(keys: readonly Buffer[]): Promise<void>;
}

export const KEY_BYTES = 32;
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';
const ID_CHARS = 16;

/** Tells keys apart without saying anything of them. */
const idOf = (key: Buffer): string =>
  createHash('sha256').update('busbar key id').update(key).digest('hex').slice(0, ID_CHARS);

export const newKey = (): Buffer => randomBytes(KEY_BYTES);

/**
 * AES-256-GCM with a random nonce for every text. A sealed text reads `v1.<key id>.<nonce, tag and ciphertext>`; owner,
 * version and key id are authenticated with it.
 *
 * @param keys the first one seals, all of them open.
 * @param keyStore undefined when the keys come from the configuration.
 */
export function createSecretBox(keys: readonly Buffer[], keyStore: KeyStore | undefined): SecretBox {
  let ring = keys.map((key) => ({ id: idOf(key), key }));
  const replace = async (next: typeof ring): Promise<void> => {
    await keyStore?.save(next.map(({ key }) => key));
    ring = next;
  };
  return {
    seal(text, owner) {
      const { id, key } = ring[0]!;
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(boundTo(id, owner));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `${VERSION}.${id}.${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`;
    },
    open(sealed, owner) {
      const [version, id = '', body = ''] = sealed.split('.');
      const known = ring.find((each) => each.id === id);
      if (version !== VERSION || !known) return undefined;
      return decrypt(Buffer.from(body, 'base64url'), known.key, boundTo(id, owner));
    },
    isCurrent: (sealed) => sealed.startsWith(`${VERSION}.${ring[0]!.id}.`),
    async renew() {
      if (!keyStore) return false;
      const key = newKey();
      await replace([{ id: idOf(key), key }, ...ring]);
      return true;
    },
    async forgetOldKeys() {
      if (keyStore && ring.length > 1) await replace(ring.slice(0, 1));
    },
  };
}

const boundTo = (id: string, owner: string): Buffer => Buffer.from(`${VERSION}\n${id}\n${owner}`, 'utf8');

function decrypt(bytes: Buffer, key: Buffer, boundData: Buffer): string | undefined {
  if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(boundData);
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    const text = [decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()];
    return Buffer.concat(text).toString('utf8');
  } catch {
    return undefined;
  }
}
