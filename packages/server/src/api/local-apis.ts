import type { LocalAnswer, LocalApis, LocalCall } from '../engine/ports/local-apis.ts';
import { ApiError } from '../model/errors.ts';
import type { Call, Operation } from '../model/operation.ts';
import { serviceModel } from '../model/service-model.ts';
import { compileInputValidators, type InputValidator } from './validation/input-validator.ts';

interface LocalService {
  readonly operations: ReadonlyMap<string, Operation>;
  readonly validators: ReadonlyMap<string, InputValidator>;
}

const INTERNAL_STATUS = 500;

/**
 * Calls operations as the front door does, without a request over HTTP. `services` and `origin` are asked late: targets
 * exist before the operations do.
 */
export function localApis(
  services: () => Readonly<Record<string, readonly Operation[]>>,
  origin: () => string,
): LocalApis {
  const known = new Map<string, LocalService>();
  const find = (name: string): LocalService | undefined => {
    const present = known.get(name);
    const operations = services()[name];
    const model = serviceModel(name);
    if (present || !operations || !model) return present;
    const service = {
      operations: new Map(operations.map((operation) => [operation.name, operation])),
      validators: compileInputValidators(model),
    };
    known.set(name, service);
    return service;
  };
  return {
    has: (service, operation) => services()[service]?.some(({ name }) => name === operation) ?? false,
    async call(given, signal) {
      const service = find(given.service);
      const operation = service?.operations.get(given.operation);
      if (!service || !operation) return missing(given);
      try {
        service.validators.get(given.operation)!(given.input);
        await operation.run(given.input, callOf(given, origin(), signal));
        return { status: 'done' };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return { status: 'failed', httpStatus: error.status, code: error.code, message: error.message };
      }
    },
  };
}

const missing = ({ service, operation }: LocalCall): LocalAnswer => ({
  status: 'failed',
  httpStatus: INTERNAL_STATUS,
  code: 'NotImplementedException',
  message: `Busbar does not implement ${service}:${operation} yet.`,
});

const callOf = (
  { account, region, requestId, traceHeader }: LocalCall,
  origin: string,
  signal: AbortSignal,
): Call => ({
  requestId,
  principal: { account, accessKeyId: account, arn: `arn:aws:iam::${account}:root` },
  account,
  region,
  origin,
  path: '/',
  traceHeader,
  signal,
});
