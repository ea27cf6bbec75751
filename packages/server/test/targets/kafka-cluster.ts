// librdkafka's mock cluster, compiled and started, behind a bridge.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TlsOptions } from 'node:tls';
import { kafkaWiring } from './kafka-bridge.ts';
import { skipWithout } from './server-process.ts';
import { startProxy, type TcpProxy } from './tcp-proxy.ts';

export const PASSWORD = 'kafka-hunter2-secret';
/** Requests to produce that are larger are refused. The mock cluster itself knows no bound. */
export const MAX_REQUEST = 65_536;

const MESSAGE_TOO_LARGE = 10;

export const skip =
  skipWithout('gcc') ||
  (existsSync('/usr/include/librdkafka/rdkafka_mock.h')
    ? false
    : 'no librdkafka with its mock cluster: install librdkafka-dev to run this suite');

/** Compiles the program once for a test file; answers where it is. */
export function compileMock(): { readonly program: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'busbar-kafka-'));
  const program = join(directory, 'kafka-mock');
  const source = join(import.meta.dirname, 'kafka-mock.c');
  const { status, stderr } = spawnSync('gcc', ['-Wall', '-Werror', source, '-o', program, '-lrdkafka'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`gcc failed: ${stderr}`);
  return { program, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

export interface KafkaRecord {
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface KafkaCluster {
  readonly bridge: TcpProxy;
  /** `topic NAME PARTITIONS` and the other commands of the program. Answers the lines before its `ok`. */
  command(line: string): Promise<string[]>;
  /** The records of a topic that were not read before. */
  read(topic: string, partitions: number): Promise<KafkaRecord[]>;
  close(): Promise<void>;
}

const textOf = (hex: string): string => (hex === '-' ? '' : Buffer.from(hex, 'hex').toString());

function parseRecord(line: string): KafkaRecord {
  const [, partition, key, value, ...headers] = line.split(' ');
  return {
    partition: Number(partition),
    key: textOf(key!),
    value: textOf(value!),
    headers: Object.fromEntries(headers.map((each) => each.split('=').map(textOf)) as [string, string][]),
  };
}

export async function startCluster(program: string, tls?: TlsOptions): Promise<KafkaCluster> {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const readLine = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done) throw new Error('the mock cluster ended');
    return line.value;
  };
  // One command at a time: the answers come in order.
  let last: Promise<unknown> = Promise.resolve();
  const command = (line: string): Promise<string[]> => {
    const answer = last.then(async () => {
      child.stdin.write(`${line}\n`);
      const answered: string[] = [];
      for (let each = await readLine(); each !== 'ok'; each = await readLine()) answered.push(each);
      return answered;
    });
    last = answer.catch(() => undefined);
    return answer;
  };
  const mockPort = Number((await readLine()).split(':').at(-1));
  const bridge = await startProxy(
    mockPort,
    kafkaWiring({
      port: () => bridge.port,
      password: PASSWORD,
      async onProduce(bytes) {
        if (bytes > MAX_REQUEST) await command(`produceerror ${MESSAGE_TOO_LARGE}`);
      },
    }),
    tls,
  );
  return {
    bridge,
    command,
    read: async (topic, partitions) => (await command(`read ${topic} ${partitions}`)).map(parseRecord),
    async close() {
      await bridge.kill();
      child.stdin.end();
      child.kill('SIGKILL');
      await exited;
    },
  };
}
