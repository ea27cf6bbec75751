import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { limits } from '../../model/limits.ts';
import type { Clock } from '../ports/clock.ts';

/** What the worker is started with. */
export interface EditorSettings {
  readonly expression: string;
  readonly depth: number;
  readonly timeMs: number;
  readonly sequenceItems: number;
}

/** The thread's first message: it has loaded the language. */
export const READY = 'ready';

/** The edited payload, or why there is none. */
export type EditAnswer = { readonly edited: string } | { readonly reason: string };

/**
 * Edits payloads with a JSONata expression, in a thread of its own. The language can loop, recurse, build texts of any
 * size and hand regular expressions to the engine. JSONata's own bounds on time, depth and length catch most of that with
 * a good message; the thread is ended when it overruns the time all the same, and has a heap of its own that ends before
 * the daemon's does.
 */
export class PayloadEditor {
  readonly #worker: Worker;
  readonly #clock: Clock;
  #ready = false;
  #payload: string | undefined;
  #answer: ((answer: EditAnswer) => void) | undefined;
  #cancel: () => void = () => undefined;
  /** Why nothing is edited any more: what one payload did to the thread, the next would do again. */
  #over: string | undefined;

  constructor(expression: string, clock: Clock) {
    this.#clock = clock;
    const workerData: EditorSettings = {
      expression,
      depth: limits.editDepth,
      timeMs: limits.editMs,
      sequenceItems: limits.editSequenceItems,
    };
    // The same file next door, whether this one runs from source or as emitted.
    const entry = new URL(`./edit-worker${extname(import.meta.url)}`, import.meta.url);
    this.#worker = new Worker(entry, {
      workerData,
      name: 'edit',
      execArgv: [],
      // The thread has no business with the daemon's secrets.
      env: {},
      resourceLimits: {
        maxOldGenerationSizeMb: limits.editHeapMegabytes,
        stackSizeMb: limits.editStackMegabytes,
      },
    });
    this.#worker.on('message', (message: typeof READY | EditAnswer) => {
      if (message === READY) this.#start();
      else this.#settle(message);
    });
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      const tooLarge = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#end(tooLarge ? 'The expression needs more memory than an edit may take.' : 'The edit broke off.');
    });
    this.#worker.on('exit', () => this.#end('The expression was ended.'));
  }

  /** Edits one payload; one at a time. */
  apply(payload: string): Promise<EditAnswer> {
    if (this.#over !== undefined) return Promise.resolve({ reason: this.#over });
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#payload = payload;
      if (this.#ready) this.#send();
      else this.#deadline(limits.editStartMs, 'The thread that edits does not start.');
    });
  }

  async close(): Promise<void> {
    this.#over ??= 'The editor is closed.';
    await this.#worker.terminate();
  }

  #start(): void {
    this.#ready = true;
    if (this.#payload !== undefined) this.#send();
  }

  #send(): void {
    this.#worker.postMessage(this.#payload);
    this.#payload = undefined;
    this.#deadline(
      limits.editMs + limits.editGraceMs,
      `The expression takes longer than ${limits.editMs} ms.`,
    );
  }

  #deadline(ms: number, reason: string): void {
    this.#cancel();
    this.#cancel = this.#clock.after(ms, () => this.#end(reason));
  }

  #end(reason: string): void {
    this.#over ??= reason;
    this.#settle({ reason: this.#over });
    void this.#worker.terminate();
  }

  #settle(answer: EditAnswer): void {
    this.#cancel();
    const waiting = this.#answer;
    this.#answer = undefined;
    if ('edited' in answer && answer.edited.length > limits.transformedPayloadChars) {
      waiting?.({ reason: `The edited payload has more than ${limits.transformedPayloadChars} characters.` });
    } else waiting?.(answer);
  }
}
