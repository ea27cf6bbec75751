import type { ServerResponse } from 'node:http';

/** The abort signals of requests under way, so that draining can end long polls. */
export class LiveSignals {
  readonly #controllers = new Set<AbortController>();
  #draining = false;

  /** A signal that aborts when the client goes away before its answer, or when the daemon drains. */
  signalFor(response: ServerResponse): AbortSignal {
    const controller = new AbortController();
    if (this.#draining || response.destroyed || response.writableFinished) {
      controller.abort();
      return controller.signal;
    }
    this.#controllers.add(controller);
    response.once('close', () => {
      this.#controllers.delete(controller);
      if (!response.writableFinished) controller.abort();
    });
    return controller.signal;
  }

  abortAll(): void {
    this.#draining = true;
    for (const controller of this.#controllers) controller.abort();
    this.#controllers.clear();
  }
}
