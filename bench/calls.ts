/** Keeps `clients` calls of `step` under way for so long; answers how many ended a second. */
export async function callsPerSecond(
  clients: number,
  seconds: number,
  step: (n: number) => Promise<unknown>,
): Promise<number> {
  const began = performance.now();
  const until = began + seconds * 1_000;
  let n = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < until) await step(n++);
  };
  await Promise.all(Array.from({ length: clients }, client));
  return (n * 1_000) / (performance.now() - began);
}

/** Milliseconds that a call takes. */
export async function millisecondsOf(call: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await call();
  return performance.now() - began;
}
