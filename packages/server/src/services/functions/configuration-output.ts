import { statSync } from 'node:fs';
import type { CalledFunction } from './function-of-call.ts';
import { LATEST } from './function-of-call.ts';
import { logGroupOf } from './output-log.ts';

/** A function as the API describes it. Its environment stays out: it may hold secrets. */
export function configurationOf({ name, arn, settings }: CalledFunction): object {
  const file = statSync(settings.module, { throwIfNoEntry: false });
  return {
    FunctionName: name,
    FunctionArn: arn,
    Runtime: 'nodejs24.x',
    Handler: settings.handler,
    CodeSize: file?.size ?? 0,
    Timeout: Math.ceil(settings.timeoutMs / 1_000),
    MemorySize: settings.memoryMegabytes,
    LastModified: new Date(file?.mtimeMs ?? 0).toISOString().replace('Z', '+0000'),
    Version: LATEST,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
    LoggingConfig: { LogFormat: 'Text', LogGroup: logGroupOf(name) },
  };
}
