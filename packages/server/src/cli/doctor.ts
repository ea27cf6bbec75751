import type { Examination, Finding, Salvage } from '../model/examination.ts';
import { valueOf } from './arguments.ts';
import { EXIT, JSON_OPTION, type Command, type Invocation } from './command.ts';
import type { Context } from './context.ts';

/** What can be done with a data directory; opening it is up to the composing layer. */
export interface DataClinic {
  /** The directory that the daemon would use. */
  directoryOf(option: string | undefined): string;
  examine(directory: string): Promise<Examination>;
  /** Throws a `CliError` when nothing can be saved. */
  salvage(directory: string, out: string): Promise<Salvage>;
}

/** Exit code of a directory that is not sound. */
const UNSOUND = 1;

/** Losses that are shown; `--json` has all. */
const SHOWN_LOSSES = 20;
const BYTES_PER_MEGABYTE = 1_048_576;

/** `busbar doctor`: looks at a data directory while no daemon uses it, and saves what can be read of a damaged one. */
export const doctorCommand = (clinic: DataClinic): Command => ({
  name: 'doctor',
  summary: 'check a data directory while no daemon uses it, and save what can be read of a damaged one',
  usage: ['doctor [--data DIR]', 'doctor [--data DIR] --salvage NEW_DIR'],
  description: [
    'The directory is only read: its file, every row and its checksum, the log in front of the file, what one table says\n' +
      'of another, permissions, the lock, and free space. Every finding comes with what to do about it.',
    'With --salvage everything that can be read (resources, events, parked deliveries, dead letters, queues, log groups)\n' +
      'goes into a new directory that a daemon can be started with. What is lost is named.',
  ],
  options: [
    { name: 'data', placeholder: 'DIR', help: 'data directory (default: that of `busbar up`)' },
    { name: 'salvage', placeholder: 'NEW_DIR', help: 'save what can be read into this directory' },
    JSON_OPTION,
  ],
  positionals: { min: 0, max: 0 },
  examples: ['busbar doctor', 'busbar doctor --data /var/lib/busbar --salvage /var/lib/busbar-saved'],
  exits: { [UNSOUND]: 'the directory is damaged, in use or absent, or a salvage had losses' },
  run: (invocation, context) => run(clinic, invocation, context),
});

async function run(clinic: DataClinic, invocation: Invocation, context: Context): Promise<number> {
  const directory = clinic.directoryOf(valueOf(invocation, 'data'));
  const out = valueOf(invocation, 'salvage');
  const asJson = invocation.flags['json'] === true;
  if (out !== undefined) {
    const salvage = await clinic.salvage(directory, out);
    if (asJson) await context.output.json(salvage);
    else await showSalvage(salvage, context);
    return salvage.lost.length === 0 ? EXIT.ok : UNSOUND;
  }
  const examination = await clinic.examine(directory);
  if (asJson) await context.output.json(examination);
  else await showExamination(examination, context);
  return examination.verdict === 'sound' ? EXIT.ok : UNSOUND;
}

async function showExamination(examination: Examination, { output }: Context): Promise<void> {
  const { directory, verdict, bytes, schemaVersion, contents, findings } = examination;
  await output.line(`${directory}: ${output.style(verdict === 'sound' ? 'green' : 'red', verdict)}`);
  if (bytes) {
    const version = schemaVersion === undefined ? '' : `, schema version ${schemaVersion}`;
    await output.line(
      `  ${megabytes(bytes.file)} file, ${megabytes(bytes.log)} log, ${megabytes(bytes.free)} free${version}`,
    );
  }
  await output.table(
    ['WHAT', 'TABLE', 'ROWS', 'WRONG', 'HOLES'],
    contents.map(({ what, table, rows, wrongRows, holes }) => [
      what,
      table,
      ...[rows, wrongRows, holes].map(String),
    ]),
  );
  for (const finding of findings) await showFinding(finding, output);
}

async function showFinding({ severity, what, advice }: Finding, output: Context['output']): Promise<void> {
  const mark = severity === 'problem' ? output.style('red', 'problem') : output.style('yellow', 'note');
  await output.line(`${mark}: ${output.plain(what)}`);
  if (advice !== undefined) await output.line(`  → ${output.plain(advice)}`);
}

async function showSalvage({ out, contents, lost, unnamed }: Salvage, { output }: Context): Promise<void> {
  await output.table(
    ['WHAT', 'TABLE', 'COPIED', 'WRONG', 'HOLES'],
    contents.map(({ what, table, copied, wrongRows, holes }) => [
      what,
      table,
      ...[copied, wrongRows, holes].map(String),
    ]),
  );
  for (const loss of lost.slice(0, SHOWN_LOSSES))
    await output.line(`${output.style('red', 'lost')}: ${output.plain(loss)}`);
  const more = lost.length - Math.min(lost.length, SHOWN_LOSSES) + unnamed;
  if (more > 0) await output.line(`and ${more} more (--json shows them)`);
  if (lost.length === 0) await output.line('nothing that could be named is lost');
  await output.line(`start the daemon with --data ${out}`);
}

const megabytes = (bytes: number): string => `${(bytes / BYTES_PER_MEGABYTE).toFixed(1)} MB`;
