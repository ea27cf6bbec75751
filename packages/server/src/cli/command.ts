/** A command of `busbar`: one file, one line in the list of `main.ts`. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Answers the exit code. */
  run(argv: readonly string[]): Promise<number>;
}
