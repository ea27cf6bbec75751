// Adds to package-lock.json what a registry that lacks some platforms' packages leaves out of it. `npm ci` refuses a lock file
// in which an optional package is missing, even one for another platform. Run it after `npm install`:
// `node scripts/complete-lock-file.ts`; a house rule fails when it is needed.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const path = join(import.meta.dirname, '../package-lock.json');

interface LockEntry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

export interface LockFile {
  packages: Record<string, LockEntry>;
}

const OPERATING_SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'win'];
const ARCHITECTURES = ['arm64', 'x64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x'];

/** Optional packages that some package names and the lock file does not hold: name → version. */
export function missingOptionals({ packages }: LockFile): Map<string, string> {
  const missing = new Map<string, string>();
  for (const entry of Object.values(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!packages[`node_modules/${name}`]) missing.set(name, version);
    }
  }
  return missing;
}

/** `@oxlint/binding-linux-arm-musleabihf` → linux, arm, musl. Packages for one platform say so in their names. */
function platformOf(name: string): Pick<LockEntry, 'os' | 'cpu' | 'libc'> {
  const parts = name.split(/[/-]/);
  const os = OPERATING_SYSTEMS.find((each) => parts.includes(each));
  const cpu = ARCHITECTURES.find((each) => parts.includes(each));
  if (!os || !cpu) throw new Error(`the platform of ${name} cannot be told from its name`);
  const libc = parts.at(-1)!.startsWith('musl')
    ? 'musl'
    : parts.at(-1)!.startsWith('gnu')
      ? 'glibc'
      : undefined;
  return { os: [os === 'win' ? 'win32' : os], cpu: [cpu], ...(libc && { libc: [libc] }) };
}

function complete(lock: LockFile): LockFile {
  const root = lock.packages['']?.optionalDependencies ?? {};
  for (const [name, version] of missingOptionals(lock)) {
    const entry: LockEntry = { version, optional: true, ...platformOf(name) };
    if (!(name in root)) entry.dev = true;
    lock.packages[`node_modules/${name}`] = entry;
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...lock, packages: Object.fromEntries(sorted) };
}

if (process.argv[1] === import.meta.filename) {
  const lock = JSON.parse(readFileSync(path, 'utf8')) as LockFile;
  writeFileSync(path, `${JSON.stringify(complete(lock), null, 2)}\n`);
}
