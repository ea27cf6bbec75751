import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const present = (): string | undefined =>
  NAMES.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);

/** The machine's Chromium. Where there is none, it is installed (as root); undefined when that cannot be. */
export function findChromium(): string | undefined {
  const found = present();
  if (found !== undefined || process.getuid?.() !== 0) return found;
  spawnSync('apt-get', ['update'], { stdio: 'ignore' });
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { stdio: 'ignore' });
  return present();
}

/** Opens a page without a window for as long as `work` takes. */
export async function withPage<Result>(
  chromium: string,
  url: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const profile = mkdtempSync(join(tmpdir(), 'busbar-chromium-'));
  // Chromium does not run its sandbox as root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const args = ['--headless', ...sandbox, '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
  const child = spawn(chromium, [...args, `--user-data-dir=${profile}`, url], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const ended = exited.then(([code]) => {
    throw new Error(`Chromium ended with exit code ${code}`);
  });
  try {
    return await Promise.race([work(), ended]);
  } finally {
    child.kill('SIGKILL');
    await exited;
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  }
}
