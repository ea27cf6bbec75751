/** Who calls: read from the signature, verified only with `--auth sigv4`. */
export interface Principal {
  /** The caller's account, twelve digits. */
  readonly account: string;
  readonly accessKeyId: string;
  /** `arn:aws:iam::<account>:root` unless the configuration names another. */
  readonly arn: string;
}

/** What an operation knows of the call that it serves. */
export interface Call {
  readonly requestId: string;
  readonly principal: Principal;
  /** The account and region that the call addresses: those of the credential scope. */
  readonly account: string;
  readonly region: string;
  /** `http://host:port` as the client wrote it: queue URLs are built from it. */
  readonly origin: string;
  /** The path of the request (`/000000000000/payments` for a call sent to a queue's URL). */
  readonly path: string;
  /** The request header `X-Amzn-Trace-Id`, or what `traceparent` says in its form. */
  readonly traceHeader: string | undefined;
  /** Aborted when the client goes away or the daemon drains. */
  readonly signal: AbortSignal;
}

/**
 * One API operation. `run` gets an input that has passed the model's constraints and answers the output members
 * (absent ones left out), or throws an `ApiError`.
 */
export interface Operation {
  readonly name: string;
  run(input: unknown, call: Call): Promise<object | undefined>;
}

/** Types an operation's input. The front door has validated it against the model before `run` sees it. */
export function defineOperation<Input>(
  name: string,
  run: (input: Input, call: Call) => Promise<object | undefined>,
): Operation {
  return { name, run: (input, call) => run(input as Input, call) };
}

/** By name: how the code of an operation is loaded, and put over what it works on. */
export type OperationLoaders<Context> = Readonly<Record<string, (context: Context) => Promise<Operation>>>;

/** Operations whose code is loaded by their first calls: those that nobody calls cost neither time nor memory. */
export const loadedOnCall = <Context>(loaders: OperationLoaders<Context>, context: Context): Operation[] =>
  Object.entries(loaders).map(([name, load]) => new LoadedOnCall(name, () => load(context)));

class LoadedOnCall implements Operation {
  readonly name: string;
  readonly #load: () => Promise<Operation>;
  #loading: Promise<Operation> | undefined;
  #loaded: Operation | undefined;

  constructor(name: string, load: () => Promise<Operation>) {
    this.name = name;
    this.#load = load;
  }

  run(input: unknown, call: Call): Promise<object | undefined> {
    return this.#loaded ? this.#loaded.run(input, call) : this.#runFirst(input, call);
  }

  /** Calls that come while the code is being loaded share that. One that could not be loaded is tried again by the next. */
  async #runFirst(input: unknown, call: Call): Promise<object | undefined> {
    this.#loading ??= this.#load();
    try {
      this.#loaded = await this.#loading;
    } catch (error) {
      this.#loading = undefined;
      throw error;
    }
    return this.#loaded.run(input, call);
  }
}
