import { archive } from './cli/archive.ts';
import { backtest } from './cli/backtest.ts';
import type { Command } from './cli/command.ts';
import { clock } from './cli/clock.ts';
import { completion } from './cli/completion.ts';
import { deadLetters } from './cli/dead-letters.ts';
import { explain } from './cli/explain.ts';
import { put } from './cli/put.ts';
import { replay } from './cli/replay.ts';
import { resend } from './cli/resend.ts';
import { schedules } from './cli/schedules.ts';
import { secrets } from './cli/secrets.ts';
import { status } from './cli/status.ts';
import { tail } from './cli/tail.ts';
import { targets } from './cli/targets.ts';
import { testPattern } from './cli/test-pattern.ts';
import { trace } from './cli/trace.ts';
import { doctor } from './inspect.ts';
import { up } from './up.ts';

/** Every command. Help, documentation and completion follow this order. */
export const COMMANDS: readonly Command[] = [
  up,
  put,
  tail,
  explain,
  testPattern,
  deadLetters,
  trace,
  resend,
  archive,
  replay,
  backtest,
  targets,
  schedules,
  status,
  clock,
  secrets,
  doctor,
  completion,
];
