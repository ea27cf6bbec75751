import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** The sockets that an attempt to connect has opened so far; nobody asks once it has ended. */
interface Attempt {
  sockets: Set<Socket> | undefined;
}

let attempts: AsyncLocalStorage<Attempt> | undefined;

/** Node tells of every socket; the one who opened it is known by the asynchronous context. */
function watchAttempts(): AsyncLocalStorage<Attempt> {
  if (attempts) return attempts;
  const watching = new AsyncLocalStorage<Attempt>();
  subscribe('net.client.socket', (message) => {
    watching.getStore()?.sockets?.add((message as { readonly socket: Socket }).socket);
  });
  return (attempts = watching);
}

/**
 * Connects; when that fails, closes every socket that was opened for it. Some clients forget a socket on which the other
 * side has never said a word, and one more would be lost with every attempt.
 */
export async function closingOnFailure<T>(connect: () => Promise<T>): Promise<T> {
  const attempt: Attempt = { sockets: new Set() };
  try {
    return await watchAttempts().run(attempt, connect);
  } catch (error) {
    for (const socket of attempt.sockets!) socket.destroy();
    throw error;
  } finally {
    attempt.sockets = undefined;
  }
}
