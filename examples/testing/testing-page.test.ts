// What docs/testing-with-busbar.md shows, held against what is run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { codeBlocks } from '../code-blocks.ts';

const blocks = codeBlocks('testing-with-busbar.md');

for (const file of ['place-order.ts', 'place-order.test.ts']) {
  test(`the page shows ${file} as it is`, () => {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8');
    assert.ok(blocks.some((block) => block.text === text));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const noCurl = spawnSync('curl', ['--version']).status !== 0 && 'SKIPPED: curl is not installed';

test('the step of the workflow starts a daemon and waits until it is ready', { skip: noCurl }, async () => {
  const workflow = blocks.find(({ language }) => language === 'yaml')!.text;
  const lines = workflow.split('- name: Start Busbar\n        run: |\n')[1]!.split('      - run:')[0]!;
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'busbar-workflow-'));
  const script = lines
    .replace('busbar/packages/', `${join(import.meta.dirname, '../../packages')}/`)
    .replace(' up ', ` up --port ${port} `)
    .replaceAll(':4010', `:${port}`);
  try {
    const env = { ...process.env, GITHUB_ENV: join(folder, 'env') };
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', `${script}\nkill $!; wait $!`], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '{"status":"ready"}', stderr: '' });
    assert.equal(
      readFileSync(env.GITHUB_ENV, 'utf8'),
      `AWS_ENDPOINT_URL=http://127.0.0.1:${port}\n` +
        'AWS_DEFAULT_REGION=us-east-1\nAWS_ACCESS_KEY_ID=busbar\nAWS_SECRET_ACCESS_KEY=busbar\n',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
