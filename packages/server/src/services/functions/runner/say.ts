import { writeSync } from 'node:fs';
import { ANSWERS, type AnswerMessage } from './messages.ts';

/** Tells the daemon something, and returns once it is in the pipe. */
export function say(message: AnswerMessage): void {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  let written = 0;
  while (written < bytes.length) written += writeSome(bytes, written);
}

function writeSome(bytes: Buffer, from: number): number {
  try {
    return writeSync(ANSWERS, bytes, from);
  } catch (error) {
    // The pipe is full, where pipes do not wait by themselves.
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    // The daemon is gone.
    process.exit(1);
  }
}
