// PostgreSQL with a user for Busbar and one that watches. It does not run as root, so a test that does lends it a user.
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { prepareServer, skipWithout, until, type ServerProcess } from './server-process.ts';

export const PASSWORD = 'postgres-hunter2-secret';

/** Debian keeps the programs out of the path. */
const FOLDERS = [17, 16, 15, 14].map((version) => `/usr/lib/postgresql/${version}/bin`);
const PATH = [process.env['PATH'], ...FOLDERS].join(delimiter);
process.env['PATH'] = PATH;

const isRoot = userInfo().uid === 0;
const idOf = (option: string): number => Number(spawnSync('id', [option, 'postgres']).stdout.toString());

export const skipWithoutPostgres = (): string | false =>
  skipWithout('initdb') || (isRoot && !(idOf('-u') > 0) && 'no user postgres for the server to run as');

export interface PostgresServer extends ServerProcess {
  watch(): Promise<pg.Client>;
  /** From now on it takes users only over TLS, for `localhost`. Answers the file of the certificate. */
  useTls(client: pg.Client): Promise<string>;
  /** Starts it unless it runs. */
  ensure(): Promise<void>;
}

/** How a command is run as the user of the server. */
const AS = isRoot ? `setpriv --reuid=${idOf('-u')} --regid=${idOf('-g')} --clear-groups` : '';
const commandOf = (line: string): { readonly command: string; readonly args: readonly string[] } => {
  const [command, ...args] = `${AS} ${line}`.trim().split(' ');
  return { command: command!, args };
};

const OPTIONS = '-c fsync=off -c shared_buffers=16MB -c autovacuum=off -c unix_socket_directories=';

export async function startPostgres(): Promise<PostgresServer> {
  const server = await prepareServer('postgres', (port, directory) => ({
    ...commandOf(`postgres -D ${join(directory, 'data')} -p ${port} -h 127.0.0.1 ${OPTIONS}`),
    ready: () => isReady(port),
  }));
  prepareDirectory(server.directory);
  await server.start();
  const watch = () => connect(server.port);
  const client = await watch();
  await client.query(`CREATE USER busbar PASSWORD '${PASSWORD}'`);
  await client.end();
  const kill = async (): Promise<void> => {
    signal(family(server.directory), 'SIGKILL');
    await server.kill();
  };
  return {
    ...server,
    watch,
    kill,
    hold() {
      const pids = family(server.directory);
      signal(pids, 'SIGSTOP');
      return () => signal(pids, 'SIGCONT');
    },
    useTls: (over) => useTls(join(server.directory, 'data'), over),
    async ensure() {
      if (!(await isReady(server.port))) await server.start();
    },
    async remove() {
      await kill();
      await server.remove();
    },
  };
}

async function useTls(data: string, client: pg.Client): Promise<string> {
  const [key, certificate] = [join(data, 'server.key'), join(data, 'server.crt')];
  const options = `req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ${key} -out ${certificate} -subj /CN=localhost`;
  execFileSync('openssl', [...options.split(' '), '-addext', 'subjectAltName=DNS:localhost'], {
    stdio: 'pipe',
  });
  if (isRoot) for (const path of [key, certificate]) chownSync(path, idOf('-u'), idOf('-g'));
  const rules = join(data, 'pg_hba.conf');
  writeFileSync(rules, `host all watcher all scram-sha-256\nhostssl all all all scram-sha-256\n`);
  await client.query('ALTER SYSTEM SET ssl = on');
  await client.query('SELECT pg_reload_conf()');
  await until('TLS is on', async () => (await client.query('SHOW ssl')).rows[0].ssl === 'on');
  return certificate;
}

/** The server and its processes, one a connection: they are no group. The parent comes first, it would replace them. */
function family(directory: string): number[] {
  try {
    const parent = Number(readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
    // A file that a kill has left behind may name another program by now.
    if (!readFileSync(`/proc/${parent}/cmdline`, 'utf8').includes(directory)) return [];
    const children = spawnSync('pgrep', ['-P', `${parent}`])
      .stdout.toString()
      .trim()
      .split('\n');
    return [parent, ...children.filter((pid) => pid !== '').map(Number)];
  } catch {
    // Not running.
    return [];
  }
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // Gone.
    }
  }
}

function prepareDirectory(directory: string): void {
  const data = join(directory, 'data');
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, 'watcher');
  mkdirSync(data);
  if (isRoot) for (const path of [directory, data, passwordFile]) chownSync(path, idOf('-u'), idOf('-g'));
  const { command, args } = commandOf(
    `initdb -D ${data} -U watcher --pwfile ${passwordFile} -A scram-sha-256 -E UTF8 --no-locale --no-sync`,
  );
  execFileSync(command, args, { stdio: 'pipe', cwd: directory });
}

async function connect(port: number): Promise<pg.Client> {
  const url = `postgres://watcher:watcher@127.0.0.1:${port}/postgres`;
  const client = new pg.Client({ connectionString: url });
  // It is there to be killed.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function isReady(port: number): Promise<boolean> {
  try {
    await (await connect(port)).end();
    return true;
  } catch {
    return false;
  }
}
