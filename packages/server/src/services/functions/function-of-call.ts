import { formatArn } from '../../model/arn.ts';
import type { FunctionSettings } from '../../model/function-settings.ts';
import type { Scope } from '../../model/resources.ts';
import { functionNotFound } from './errors.ts';
import type { FunctionService } from './service.ts';

export const LATEST = '$LATEST';

/** A name, a name with a qualifier, a part of an ARN or an ARN. */
const FUNCTION =
  /^(?:arn:[\w-]*:lambda:)?(?:([a-z]{2}[a-z-]*-\d):)?(?:(\d{12}):)?(?:function:)?([\w.-]+?)(?::([\w$.-]+))?$/;

export interface CalledFunction extends Scope {
  readonly name: string;
  readonly arn: string;
  readonly settings: FunctionSettings;
}

/**
 * The function that a call names. Local functions are there in every account and region, in one version. Throws
 * `ResourceNotFoundException` for a name that there is not, and for versions and aliases.
 */
export function functionOfCall(
  service: FunctionService,
  input: { readonly FunctionName: string; readonly Qualifier?: string },
  call: Scope,
): CalledFunction {
  const [, region = call.region, account = call.account, name = '', ownQualifier] =
    FUNCTION.exec(input.FunctionName) ?? [];
  const qualifier = input.Qualifier ?? ownQualifier ?? LATEST;
  const arn = formatArn('lambda', region, account, `function:${name}`);
  const settings = service.find(name);
  if (!settings || qualifier !== LATEST) {
    throw functionNotFound(qualifier === LATEST ? arn : `${arn}:${qualifier}`);
  }
  return { account, region, name, arn, settings };
}
