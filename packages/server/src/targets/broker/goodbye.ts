import type { Socket } from 'node:net';
import { limits } from '../../model/limits.ts';

/** Cuts a connection when the other side does not answer a goodbye in time. Until then it keeps no process alive. */
export function limitGoodbye(socket: Socket): void {
  socket.setTimeout(limits.brokerCloseMs, () => socket.destroy(new Error('no answer to the goodbye')));
  socket.unref();
}
