import { defineOperation, type Operation } from '../../../model/operation.ts';
import { configurationOf } from '../configuration-output.ts';
import { functionOfCall } from '../function-of-call.ts';
import type { FunctionService } from '../service.ts';

interface Input {
  readonly FunctionName: string;
  readonly Qualifier?: string;
}

export function getFunction(service: FunctionService): Operation {
  return defineOperation('GetFunction', async (input: Input, call) => ({
    Configuration: configurationOf(functionOfCall(service, input, call)),
    // Where the code lies is the operator's business.
    Code: { RepositoryType: 'local' },
  }));
}
