// rabbitmq-server with users, all of its files in a temporary directory, and an epmd of its own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type ChannelModel } from 'amqplib';
import { freePort, prepareServer, skipWithout, type ServerProcess } from './server-process.ts';

export const PASSWORD = 'rabbit-hunter2-secret';
export const MAX_MESSAGE = 65_536;

/** The program itself: the one in the path insists on the system's own user and directories. */
const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server';

export const skip = existsSync(PROGRAM)
  ? skipWithout('epmd')
  : 'no rabbitmq-server: install it to run this suite';

const user = (name: string, write: string) => ({
  account: { name, password: PASSWORD, tags: [] },
  permission: { user: name, vhost: '/', configure: '.*', write, read: '.*' },
});

/** The first may do all, the second may not write. */
const USERS = [user('busbar', '.*'), user('reader', '^$')];

const DEFINITIONS = {
  vhosts: [{ name: '/' }],
  users: USERS.map(({ account }) => account),
  permissions: USERS.map(({ permission }) => permission),
};

export interface RabbitServer extends ServerProcess {
  /** Tells the server that it has run out of memory, or has some again. */
  alarm(on: boolean): void;
  connect(): Promise<ChannelModel>;
}

export async function startRabbit(): Promise<RabbitServer> {
  const [epmdPort, distributionPort] = [await freePort(), await freePort()];
  const server = await prepareServer('rabbitmq', (port, directory) => {
    const at = (name: string): string => join(directory, name);
    writeFileSync(at('definitions.json'), JSON.stringify(DEFINITIONS));
    writeFileSync(at('enabled_plugins'), '[].');
    writeFileSync(
      at('rabbitmq.conf'),
      `listeners.tcp.1 = 127.0.0.1:${port}\nload_definitions = ${at('definitions.json')}\nmax_message_size = ${MAX_MESSAGE}\n`,
    );
    return {
      command: 'sh',
      args: ['-c', `epmd & exec ${PROGRAM}`],
      env: {
        HOME: directory,
        ERL_EPMD_PORT: String(epmdPort),
        ERL_EPMD_ADDRESS: '127.0.0.1',
        RABBITMQ_NODENAME: `busbar${port}@localhost`,
        RABBITMQ_DIST_PORT: String(distributionPort),
        RABBITMQ_MNESIA_BASE: at('mnesia'),
        RABBITMQ_MNESIA_DIR: at('mnesia/db'),
        RABBITMQ_FEATURE_FLAGS_FILE: at('feature_flags'),
        RABBITMQ_PLUGINS_EXPAND_DIR: at('plugins'),
        RABBITMQ_LOG_BASE: at('log'),
        RABBITMQ_PID_FILE: at('pid'),
        RABBITMQ_CONFIG_FILE: at('rabbitmq.conf'),
        RABBITMQ_ADVANCED_CONFIG_FILE: at('advanced.config'),
        RABBITMQ_CONF_ENV_FILE: at('rabbitmq-env.conf'),
        RABBITMQ_ENABLED_PLUGINS_FILE: at('enabled_plugins'),
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none',
      },
    };
  });
  await server.start();
  const evaluate = (expression: string): void => {
    const cookie = readFileSync(join(server.directory, '.erlang.cookie'), 'utf8');
    const called = spawnSync('erl_call', ['-sname', `busbar${server.port}@localhost`, '-c', cookie, '-e'], {
      input: `${expression}\n`,
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: `${process.env['PATH']}:/usr/lib/erlang/bin`,
        ERL_EPMD_PORT: String(epmdPort),
      },
    });
    assert.match(called.stdout, /^\{ok/, called.stderr || String(called.error));
  };
  return {
    ...server,
    alarm: (on) =>
      evaluate(
        `rabbit_alarm:${on ? 'set' : 'clear'}_alarm(${on ? '{' : ''}{resource_limit, memory, node()}${on ? ', []}' : ''}).`,
      ),
    connect: () => connect(`amqp://busbar:${PASSWORD}@127.0.0.1:${server.port}`),
  };
}
