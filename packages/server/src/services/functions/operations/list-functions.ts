import { limits } from '../../../model/limits.ts';
import { defineOperation, type Operation } from '../../../model/operation.ts';
import { configurationOf } from '../configuration-output.ts';
import { functionOfCall } from '../function-of-call.ts';
import type { FunctionService } from '../service.ts';

interface Input {
  /** The name behind which the page begins. */
  readonly Marker?: string;
  readonly MaxItems?: number;
}

export function listFunctions(service: FunctionService): Operation {
  return defineOperation('ListFunctions', async ({ Marker: after = '', MaxItems: max }: Input, call) => {
    const names = service.registry.names().filter((name) => name > after);
    const page = names.slice(0, Math.min(max ?? limits.functionListPage, limits.functionListPage));
    return {
      Functions: page.map((name) => configurationOf(functionOfCall(service, { FunctionName: name }, call))),
      ...(page.length < names.length && { NextMarker: page.at(-1) }),
    };
  });
}
