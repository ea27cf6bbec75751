/** Milliseconds that this thread has worked: what other work on the machine takes away does not count. */
export function worked(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
