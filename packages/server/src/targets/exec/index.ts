import type { Clock } from '../../engine/ports/clock.ts';
import {
  DELIVERED,
  type DocumentedConnector,
  type ParameterField,
  type SendOutcome,
  type TargetSession,
} from '../../engine/ports/connector.ts';
import type { Arn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import { entryOf, LOCAL_NAME, type CommandSettings, type LocalAccess } from '../../model/local-settings.ts';
import type { TargetSettings } from '../../model/resources.ts';
import { forEach, reject, retry } from '../broker/outcomes.ts';
import { isBusbarArn, isWellFormed, malformed } from '../broker/service.ts';
import { BUSBAR_BLOCK } from '../busbar-parameters.ts';
import { foreignBlock } from '../parameter-blocks.ts';
import { LINE_NOTE, lineWriter, TEXT_FIELD } from '../payload-text.ts';
import { runCommand, type Ended } from './run-command.ts';

type Commands = LocalAccess['commands'];

/** `EX_TEMPFAIL` of sysexits.h. */
const TRY_AGAIN = 75;

const FIELDS: readonly ParameterField[] = [
  {
    name: 'BatchSize',
    type: 'integer',
    required: false,
    secret: false,
    description: `The most deliveries that one run gets, a line each; at most ${limits.execMaximumBatch}. How the run ends counts for all of them.`,
    example: 50,
    fallback: '1',
  },
  TEXT_FIELD,
];

/** Programs of this machine that the operator has named; nothing of a rule or an event becomes part of a command line. */
export function execTarget(commands: Commands, clock: Clock): DocumentedConnector {
  return {
    kind: 'exec',
    description: 'A program of this machine: it gets deliveries as lines on its standard input.',
    docs: {
      title: 'Command',
      arnForm: 'arn:busbar:exec:::<name>',
      arnExample: 'arn:busbar:exec:::notify',
      testedAgainst: 'processes of the machine',
      notes: NOTES,
    },
    parameters: { block: BUSBAR_BLOCK, fields: FIELDS },
    accepts: (arn) => isBusbarArn(arn, 'exec'),
    check: (arn, target) => checkExecTarget(commands, arn, target),
    open: (arn, target) => openSession(entryOf(commands, arn.resource), target, clock),
  };
}

const NOTES = [
  'The configuration names the programs; a rule can only choose among them:',
  [
    '```json',
    '{',
    '  "commands": {',
    '    "notify": {',
    '      "command": "/usr/local/bin/notify",',
    '      "args": ["--channel", "orders"],',
    '      "env": { "PATH": "/usr/bin:/bin", "TOKEN": "a-secret" },',
    '      "directory": "/srv/notify",',
    '      "timeoutSeconds": 10',
    '    }',
    '  }',
    '}',
    '```',
  ].join('\n'),
  'No shell is involved, and the program’s environment is what `env` says and nothing else. It gets its deliveries on standard input, a line each, and then the end of the input.',
  '| it ends with | the deliveries are |\n| --- | --- |\n| 0 | delivered |\n| 75 (`EX_TEMPFAIL`) | retried |\n| another status | refused: dead letters |\n| a signal | retried |\n| not in time (`timeoutSeconds`, 30 by default) | retried (`TIMEOUT`); the program and all that it started are killed |',
  'A program that is not there is `NO_RESOURCE`, one that may not be run `NO_PERMISSIONS`. Of what it prints, the first kilobyte stands in the dead letter, values of `env` blackened; the rest is read and thrown away. At most four runs of a target are under way at once (`MaximumConcurrency`).',
  LINE_NOTE,
].join('\n\n');

const batchSizeOf = (target: TargetSettings): number =>
  (target[BUSBAR_BLOCK] as { readonly BatchSize?: number } | undefined)?.BatchSize ?? 1;

function checkExecTarget(commands: Commands, arn: Arn, target: TargetSettings): string | undefined {
  if (arn.region !== '' || !isWellFormed(arn, LOCAL_NAME)) return malformed(arn);
  if (!entryOf(commands, arn.resource)) {
    return (
      `Parameter ${arn.text} is not valid. Reason: No such command is configured. The configuration file has to allow ` +
      `it: "commands": { "${arn.resource}": { "command": "/path/of/the/program" } }.`
    );
  }
  if (batchSizeOf(target) > limits.execMaximumBatch) {
    return `Parameter ${BUSBAR_BLOCK}.BatchSize is not valid for target ${target.Id}.`;
  }
  return foreignBlock(target, BUSBAR_BLOCK);
}

const UNCONFIGURED = reject('NO_RESOURCE', 'The command is configured no more.');

function openSession(
  settings: CommandSettings | undefined,
  target: TargetSettings,
  clock: Clock,
): TargetSession {
  const toLine = lineWriter(target);
  return {
    maxBatch: batchSizeOf(target),
    maxConcurrency: limits.execTargetSends,
    async send(batch, signal) {
      if (!settings) return forEach(batch, UNCONFIGURED);
      if (signal.aborted) return forEach(batch, OUT_OF_TIME);
      const input = batch.map((delivery) => `${toLine(delivery)}\n`).join('');
      const ended = await runCommand(settings, input, signal, clock);
      return forEach(batch, outcomeOf(ended));
    },
    close: async () => undefined,
  };
}

const OUT_OF_TIME = retry('TIMEOUT', 'The command did not end in time and was killed.');

const MISSING = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);
const FORBIDDEN = new Set(['EACCES', 'EPERM', 'ENOEXEC']);

function outcomeOf(ended: Ended): SendOutcome {
  switch (ended.how) {
    case 'killed':
      return OUT_OF_TIME;
    case 'not started':
      if (MISSING.has(ended.code))
        return reject('NO_RESOURCE', `The command, or its directory, cannot be found (${ended.code}).`);
      if (FORBIDDEN.has(ended.code))
        return reject('NO_PERMISSIONS', `The command may not be run (${ended.code}).`);
      return retry('INTERNAL_ERROR', `The command could not be started (${ended.code}).`);
    case 'signal':
      return {
        ...retry('ERROR_FROM_TARGET', `The command was ended by ${ended.signal}.`),
        details: { response: ended.output },
      };
    case 'status': {
      if (ended.status === 0) return DELIVERED;
      const reason = `The command ended with status ${ended.status}.`;
      const failure = ended.status === TRY_AGAIN ? retry : reject;
      return { ...failure('ERROR_FROM_TARGET', reason), details: { response: ended.output } };
    }
  }
}
