import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of the kernel's clock a second. */
const KERNEL_HZ = 100;

/** CPU seconds of each thread of a process so far. */
export type ThreadSeconds = ReadonlyMap<string, number>;

export function threadSeconds(pid: number): ThreadSeconds {
  const seconds = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const fields = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8').split(') ')[1]!.split(' ');
    seconds.set(thread, (Number(fields[11]) + Number(fields[12])) / KERNEL_HZ);
  }
  return seconds;
}

/** What the thread that worked most since `before` has worked: no machine that is otherwise idle does it in less time. */
export function busiestSeconds(pid: number, before: ThreadSeconds): number {
  let most = 0;
  for (const [thread, seconds] of threadSeconds(pid)) {
    most = Math.max(most, seconds - (before.get(thread) ?? 0));
  }
  return most;
}
