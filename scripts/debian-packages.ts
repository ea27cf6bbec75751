// Installs the real servers and clients that tests run against, where that is possible: as root, on a Debian system.
// What is missing afterwards makes its suites skip, each with a reason.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';

interface DebianPackage {
  readonly name: string;
  /** Files of which one says that there is nothing to install. */
  readonly proofs: readonly string[];
}

const postgresServers = existsSync('/usr/lib/postgresql')
  ? readdirSync('/usr/lib/postgresql').map((version) => `/usr/lib/postgresql/${version}/bin/postgres`)
  : [];

const PACKAGES: readonly DebianPackage[] = [
  { name: 'awscli', proofs: ['/usr/bin/aws'] },
  { name: 'fish', proofs: ['/usr/bin/fish'] },
  { name: 'librdkafka-dev', proofs: ['/usr/include/librdkafka/rdkafka_mock.h'] },
  { name: 'mosquitto', proofs: ['/usr/sbin/mosquitto'] },
  { name: 'nats-server', proofs: ['/usr/sbin/nats-server', '/usr/bin/nats-server'] },
  { name: 'postgresql', proofs: postgresServers },
  { name: 'rabbitmq-server', proofs: ['/usr/sbin/rabbitmq-server'] },
  { name: 'redis-server', proofs: ['/usr/bin/redis-server'] },
  { name: 'zsh', proofs: ['/usr/bin/zsh', '/bin/zsh'] },
];

const INSTALL_TIMEOUT_MS = 150_000;
/** Tells Debian's packages not to start their services. */
const START_POLICY = '/usr/sbin/policy-rc.d';

/** Installs what is missing; says so when it cannot. Never fails: the suites look for themselves. */
export function installDebianPackages(): void {
  const missing = PACKAGES.filter(({ proofs }) => !proofs.some((path) => existsSync(path))).map(
    ({ name }) => name,
  );
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.warn(
      `Not installed, so suites that need them skip: ${missing.join(', ')} (needs root and apt-get).`,
    );
    return;
  }
  console.log(`Installing for the tests: ${missing.join(', ')}`);
  const ownPolicy = !existsSync(START_POLICY);
  if (ownPolicy) writeFileSync(START_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const updated = aptGet('update');
    if (!updated || !aptGet('install', '--yes', '--no-install-recommends', ...missing)) {
      console.warn(`apt-get could not install all of ${missing.join(', ')}: suites that need them skip.`);
    }
  } finally {
    if (ownPolicy) rmSync(START_POLICY, { force: true });
  }
}

function aptGet(...args: readonly string[]): boolean {
  const run = spawnSync('apt-get', ['--quiet=2', '-o', 'Acquire::Retries=2', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: INSTALL_TIMEOUT_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return run.status === 0;
}
