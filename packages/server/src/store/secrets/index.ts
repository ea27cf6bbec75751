import type { Logger } from '../../engine/ports/logger.ts';
import type { SecretBox } from '../../engine/ports/secret-box.ts';
import { openKeyFile } from './key-file.ts';
import { createSecretBox, newKey, type KeyStore } from './secret-box.ts';

const forgetful: KeyStore = { save: () => Promise.resolve() };

/**
 * Keys come from the configuration, else from a file in the data directory, which is made when there is none. Without a
 * directory nothing outlives the process, the key included.
 */
export async function openSecretBox(
  configured: readonly Buffer[],
  directory: string | undefined,
  logger: Logger,
): Promise<SecretBox> {
  if (configured.length > 0) return createSecretBox(configured, undefined);
  if (directory === undefined) return createSecretBox([newKey()], forgetful);
  const { keys, keyStore } = await openKeyFile(directory, logger);
  return createSecretBox(keys, keyStore);
}
