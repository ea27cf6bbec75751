import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withDaemon } from './daemon.ts';
import { runLoad } from './load.ts';
import { printTable, ratio, type Cell } from './table.ts';

const BYTES = 1_024;
const SECONDS = 3;
const WARM_SECONDS = 2;
const CLIENTS = [1, 16, 64];
const ENTRIES = [1, 10];

async function withCeiling<Result>(kind: 'a' | 'b', use: (port: number) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'busbar-ceiling-'));
  const server = fork(join(import.meta.dirname, 'ceiling-server.ts'), [kind, join(folder, 'log')]);
  try {
    const [port] = (await once(server, 'message')) as [number];
    return await use(port);
  } finally {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Events a second for each (entries, clients) on one port. */
async function rates(port: number): Promise<number[]> {
  await runLoad({ port, clients: 16, entries: 10, bytes: BYTES, seconds: WARM_SECONDS });
  const found: number[] = [];
  for (const entries of ENTRIES) {
    for (const clients of CLIENTS) {
      const { events, seconds, failures } = await runLoad({
        port,
        clients,
        entries,
        bytes: BYTES,
        seconds: SECONDS,
      });
      if (failures > 0) throw new Error(`${failures} requests failed`);
      found.push(events / seconds);
    }
  }
  return found;
}

/** Durable PutEvents (no rules) as a share of the two ceilings, measured in the same run. */
export async function benchPutEvents(): Promise<void> {
  const bare = await withCeiling('a', rates);
  const appending = await withCeiling('b', rates);
  const busbar = await withDaemon((daemon) => rates(daemon.port));
  const cases = ENTRIES.flatMap((entries) => CLIENTS.map((clients) => ({ entries, clients })));
  const rows = cases.map(({ entries, clients }, i): Cell[] => [
    clients,
    entries,
    busbar[i]!,
    bare[i]!,
    appending[i]!,
    ratio(busbar[i]!, bare[i]!),
    ratio(busbar[i]!, appending[i]!),
  ]);
  printTable(
    'Durable PutEvents, events/s (1 KB each)',
    ['clients', 'entries', 'busbar', '(a) bare http', '(b) + append file', 'of (a)', 'of (b)'],
    rows,
  );
}
