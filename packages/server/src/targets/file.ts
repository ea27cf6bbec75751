import { open, type FileHandle } from 'node:fs/promises';
import { write as writeToDescriptor } from 'node:fs';
import {
  DELIVERED,
  type DocumentedConnector,
  type ParameterField,
  type TargetSession,
} from '../engine/ports/connector.ts';
import type { Arn } from '../model/arn.ts';
import { limits } from '../model/limits.ts';
import { entryOf, LOCAL_NAME, type FileSettings, type LocalAccess } from '../model/local-settings.ts';
import type { TargetSettings } from '../model/resources.ts';
import { untilAborted } from './abortable.ts';
import { errorCode, forEach, reject, retry, type Failure } from './broker/outcomes.ts';
import { isBusbarArn, isWellFormed, malformed } from './broker/service.ts';
import { BUSBAR_BLOCK } from './busbar-parameters.ts';
import { foreignBlock } from './parameter-blocks.ts';
import { LINE_NOTE, lineWriter, TEXT_FIELD } from './payload-text.ts';

type Files = LocalAccess['files'];

const STDOUT = 'stdout';

const FIELDS: readonly ParameterField[] = [TEXT_FIELD];

/** Files of this machine that the operator has named; the ARN names the entry, never a path. */
export function fileTarget(files: Files): DocumentedConnector {
  // By path: two names may stand for one file.
  const writers = new Map<string, FileWriter>();
  return {
    kind: 'file',
    description: 'A file of this machine, or the standard output of the daemon: one line a delivery.',
    docs: {
      title: 'File',
      arnForm: 'arn:busbar:file:::<name>',
      arnExample: 'arn:busbar:file:::audit',
      testedAgainst: 'files of the machine',
      notes: NOTES,
    },
    parameters: { block: BUSBAR_BLOCK, fields: FIELDS },
    accepts: (arn) => isBusbarArn(arn, 'file'),
    check: (arn, target) => checkFileTarget(files, arn, target),
    open: (arn, target) => openSession(files, writers, arn, target),
  };
}

const NOTES = [
  'The configuration names the files; a rule can only choose among them:',
  [
    '```json',
    '{ "files": { "audit": "/var/log/busbar/audit.ndjson", "ledger": { "path": "/srv/ledger.ndjson", "fsync": true }, "out": "stdout" } }',
    '```',
  ].join('\n'),
  'A delivery counts as done when the operating system has taken the line; with `fsync`, when the disk has it. The file is made when it is not there, its directory is not. It is opened anew for every batch, so that it may be moved away (`logrotate`). Batches of one file are written one after the other, each with one call.',
  LINE_NOTE,
  'Retried: a full disk, a disk that fails, too many open files; a line that was cut off is ended first. Not retried: no such directory, or the path is a directory (`NO_RESOURCE`); a file that may not be written (`NO_PERMISSIONS`). A repeat of a delivery is a second line with the same event `id`.',
].join('\n\n');

function checkFileTarget(files: Files, arn: Arn, target: TargetSettings): string | undefined {
  if (arn.region !== '' || !isWellFormed(arn, LOCAL_NAME)) return malformed(arn);
  if (!entryOf(files, arn.resource)) {
    return (
      `Parameter ${arn.text} is not valid. Reason: No such file is configured. The configuration file has to say ` +
      `where it is: "files": { "${arn.resource}": "/path/of/the/file" }, or "stdout".`
    );
  }
  return foreignBlock(target, BUSBAR_BLOCK);
}

const UNCONFIGURED = reject('NO_RESOURCE', 'The file is configured no more.');

function openSession(
  files: Files,
  writers: Map<string, FileWriter>,
  arn: Arn,
  target: TargetSettings,
): TargetSession {
  const settings = entryOf(files, arn.resource);
  const toLine = lineWriter(target);
  return {
    maxBatch: limits.fileTargetBatch,
    // A file has one end.
    maxConcurrency: 1,
    async send(batch, signal) {
      if (!settings) return forEach(batch, UNCONFIGURED);
      const writer = writers.get(settings.path) ?? new FileWriter();
      writers.set(settings.path, writer);
      return untilAborted(batch.length, signal, async () => {
        const text = batch.map((delivery) => `${toLine(delivery)}\n`).join('');
        return forEach(batch, (await writer.append(settings, text)) ?? DELIVERED);
      });
    },
    close: async () => undefined,
  };
}

/** Appends to one file, in turn for all rules that write to it: a line is never cut by another one. */
class FileWriter {
  #last: Promise<unknown> = Promise.resolve();
  /** Whether the standard output ends within a line. */
  #torn = false;

  /** Answers why nothing, or not everything, was written. */
  append(settings: FileSettings, text: string): Promise<Failure | undefined> {
    const write = settings.path === STDOUT ? () => this.#toStdout(text) : () => toFile(settings, text);
    const turn = this.#last.then(write).then(() => undefined, failureOf);
    this.#last = turn;
    return turn;
  }

  async #toStdout(text: string): Promise<void> {
    const bytes = Buffer.from(this.#torn ? `\n${text}` : text);
    this.#torn = true;
    for (let at = 0; at < bytes.length;) at += await writeSome(STDOUT_DESCRIPTOR, bytes.subarray(at));
    this.#torn = false;
  }
}

async function toFile({ path, fsync }: FileSettings, text: string): Promise<void> {
  const file = await open(path, 'a+');
  try {
    await file.appendFile((await endsWithinLine(file)) ? `\n${text}` : text);
    if (fsync) await file.sync();
  } finally {
    await file.close();
  }
}

const STDOUT_DESCRIPTOR = 1;
const LINE_BREAK = 0x0a;

function writeSome(descriptor: number, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, fail) => {
    writeToDescriptor(descriptor, bytes, (error, written) => (error ? fail(error) : resolve(written)));
  });
}

/** True after a write that a full disk or a crash has cut off. */
async function endsWithinLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last[0] !== LINE_BREAK;
}

const MISSING = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG', 'ENXIO']);
const FORBIDDEN = new Set(['EACCES', 'EPERM', 'EROFS']);

function failureOf(error: unknown): Failure {
  const code = errorCode(error) ?? 'unknown';
  if (MISSING.has(code)) return reject('NO_RESOURCE', `The file cannot be opened (${code}).`);
  if (FORBIDDEN.has(code)) return reject('NO_PERMISSIONS', `The file may not be written (${code}).`);
  return retry('ERROR_FROM_TARGET', `The file could not be written (${code}).`);
}
