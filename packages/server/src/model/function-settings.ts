/** How a local function is run. */
export interface FunctionSettings {
  /** The absolute path of its module: ESM, CommonJS or TypeScript. */
  readonly module: string;
  /** The export that is called. */
  readonly handler: string;
  /** A call that takes longer is ended with its process. */
  readonly timeoutMs: number;
  /** Bounds the heap of its process. */
  readonly memoryMegabytes: number;
  /** Calls under way at once, each in a process of its own. */
  readonly concurrency: number;
  /** Variables of its process. May hold secrets. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What a function's name may be: it becomes part of an ARN, of a log group's name and of a path. */
export const FUNCTION_NAME = /^[A-Za-z0-9_-]{1,64}$/;
