// Writes docs/cli.md, docs/configuration.md, docs/compatibility.md and docs/targets/ from commands, settings and what a daemon
// serves.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Command } from '../packages/server/src/cli/command.ts';
import { exitsOf } from '../packages/server/src/cli/help.ts';
import { flagOf, SETTINGS, variableOf, type Setting } from '../packages/server/src/config.ts';
import { COMMANDS } from '../packages/server/src/commands.ts';
import { defaultQuotas } from '../packages/server/src/model/limits.ts';
import { compatibilityPage, whatIsBuilt } from './compatibility-page.ts';
import { code, GENERATED, row } from './markdown.ts';
import { targetPages, type Page } from './target-pages.ts';

export const root = join(import.meta.dirname, '..');

const block = (lines: readonly string[]): string => ['```sh', ...lines, '```'].join('\n');
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function commandSection(command: Command): string {
  const parts = [
    `## ${command.name}`,
    sentence(command.summary),
    block(command.usage.map((usage) => `busbar ${usage}`)),
    ...(command.description ?? []),
  ];
  if (command.options.length > 0) {
    const rows = command.options.map(({ name, placeholder, help }) =>
      row(code(placeholder ? `--${name} ${placeholder}` : `--${name}`), help),
    );
    parts.push(['| option | |', '| --- | --- |', ...rows].join('\n'));
  }
  parts.push(block(command.examples));
  const exits = exitsOf(command).map(([number, meaning]) => row(number, meaning));
  parts.push(['| exit code | |', '| --- | --- |', ...exits].join('\n'));
  return parts.join('\n\n');
}

function cliPage(): string {
  const list = COMMANDS.map(({ name, summary }) => row(`[${code(name)}](#${name})`, summary));
  return [
    '# Command line',
    GENERATED,
    'Commands other than `up` and `doctor` talk to a running daemon over HTTP. Results go to standard output, everything else to standard error. ' +
      'On a terminal results are set in columns and colours (`NO_COLOR=1` turns colours off); elsewhere in lines with tabs, ' +
      'and with `--json` as JSON. Long work tells on standard error how far it is: with a bar on a terminal, a line every few seconds elsewhere, ' +
      'and with `--json` a JSON object a line. They use the AWS API and the operator API below `/_busbar/`, whose routes `GET /_busbar/` lists. Requests are signed when `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` are set.',
    ['| command | |', '| --- | --- |', ...list].join('\n'),
    ...COMMANDS.map(commandSection),
    '',
  ].join('\n\n');
}

const fallbackText = ({ fallback, name }: Setting): string =>
  typeof fallback === 'function'
    ? name === 'logFormat'
      ? 'by the output'
      : 'by the machine'
    : code(String(fallback));

function configurationPage(): string {
  const settings = SETTINGS.map((setting) =>
    row(
      code(setting.name),
      code(`--${flagOf(setting)}`),
      code(variableOf(setting)),
      fallbackText(setting),
      setting.help,
    ),
  );
  const quotas = Object.entries(defaultQuotas).map(([name, value]) => row(code(name), String(value)));
  return [
    '# Configuration',
    GENERATED,
    'A setting comes from a flag of `busbar up`, else from a variable, else from the configuration file ' +
      '(`busbar.config.json` in the working directory, or the one that `--config` names), else it has its default.',
    ['| in the file | flag | variable | default | |', '| --- | --- | --- | --- | --- |', ...settings].join(
      '\n',
    ),
    '## In the file only',
    '`accounts` maps access key ids to accounts. With `"auth": "sigv4"` each needs its secret; it may have a session token and an ARN.',
    [
      '```json',
      '{ "accounts": { "AKIDEXAMPLE": { "account": "111111111111", "secretAccessKey": "…" } } }',
      '```',
    ].join('\n'),
    "`services` says where other systems are that [targets](targets/README.md) deliver to: a URL, or an object with a `url` and what the target's page names. " +
      '`aws` stands for the real service. Several servers of a kind are told apart by a name, as in `arn:busbar:nats:main::…`.',
    [
      '```json',
      '{ "services": { "sns": "http://127.0.0.1:5000", "kinesis": "aws", "nats:main": { "url": "nats://127.0.0.1:4222" } } }',
      '```',
    ].join('\n'),
    '`targets.http` says what API destinations and their OAuth endpoints [may reach](operations.md#what-http-targets-may-reach) ' +
      'beside the public Internet, and how long one request may take.',
    [
      '```json',
      '{ "targets": { "http": { "allow": ["10.0.0.0/8", "hooks.internal"], "timeoutMs": 5000 } } }',
      '```',
    ].join('\n'),
    '`files` names the files that targets may append to ([file](targets/file.md)), `commands` the programs that they may run ([command](targets/exec.md)). What is not named here no rule can reach.',
    [
      '```json',
      '{ "files": { "audit": "/var/log/busbar/audit.ndjson" }, "commands": { "notify": { "command": "/usr/local/bin/notify" } } }',
      '```',
    ].join('\n'),
    'Modules in the folder `functions` beside the configuration file are [local Lambda functions](functions.md); `functions` names further ones, and says more of them.',
    [
      '```json',
      '{ "functions": { "payment": { "module": "./src/payment.ts", "timeoutMs": 10000, "memoryMegabytes": 256, "concurrency": 8, "environment": { "BANK_URL": "http://127.0.0.1:8000" } } } }',
      '```',
    ].join('\n'),
    '`secretKey`, or the variable `BUSBAR_SECRET_KEY`, is the key that the [secrets of connections](http-targets.md#secrets) are sealed with: ' +
      '32 bytes in base64. Without it the daemon makes a key in its data directory.',
    '`quotas` changes what the service calls adjustable:',
    ['| quota | default |', '| --- | --- |', ...quotas].join('\n'),
    '',
  ].join('\n\n');
}

/** Every generated document as it should be. */
export async function documents(): Promise<Page[]> {
  const built = await whatIsBuilt();
  const pages = [
    { path: 'docs/cli.md', text: cliPage() },
    { path: 'docs/configuration.md', text: configurationPage() },
    { path: 'docs/compatibility.md', text: compatibilityPage(built) },
    ...targetPages(built),
  ];
  return Promise.all(
    pages.map(async ({ path, text }) => {
      const file = join(root, path);
      const options = await resolveConfig(file);
      return { path, text: await format(text, { ...options, filepath: file }) };
    }),
  );
}

if (import.meta.main) {
  for (const { path, text } of await documents()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
