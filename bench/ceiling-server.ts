// The ceilings that PutEvents is measured against: (a) a bare node:http server that parses the same body and answers;
// (b) the same, plus an append-only file with group commit: the answer waits for the fdatasync that covers it.
import { fdatasync, openSync, write } from 'node:fs';
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';

const [kind, path] = process.argv.slice(2);

interface Waiting {
  readonly lines: string;
  readonly done: () => void;
}

/** Appends what has gathered while the last sync ran, then syncs once for all of it. */
class GroupCommitFile {
  readonly #fd: number;
  #waiting: Waiting[] = [];
  #busy = false;

  constructor(file: string) {
    this.#fd = openSync(file, 'a');
  }

  append(lines: string, done: () => void): void {
    this.#waiting.push({ lines, done });
    if (!this.#busy) this.#commit();
  }

  #commit(): void {
    const group = this.#waiting;
    if (group.length === 0) return;
    this.#waiting = [];
    this.#busy = true;
    write(this.#fd, group.map(({ lines }) => lines).join(''), () =>
      fdatasync(this.#fd, () => {
        this.#busy = false;
        for (const { done } of group) done();
        this.#commit();
      }),
    );
  }
}

const file = kind === 'b' ? new GroupCommitFile(path!) : undefined;

const server = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    const { Entries } = JSON.parse(Buffer.concat(chunks).toString()) as { Entries: { Detail: string }[] };
    const answer = JSON.stringify({
      FailedEntryCount: 0,
      Entries: Entries.map(() => ({ EventId: randomUUID() })),
    });
    const reply = (): void => {
      outgoing.writeHead(200, {
        'content-type': 'application/x-amz-json-1.1',
        'content-length': answer.length,
      });
      outgoing.end(answer);
    };
    if (file) file.append(Entries.map(({ Detail }) => `${Detail}\n`).join(''), reply);
    else reply();
  });
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as { port: number }).port));
