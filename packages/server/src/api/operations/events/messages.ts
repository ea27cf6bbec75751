import { ApiError, resourceNotFound, validationError } from '../../../model/errors.ts';

/** Texts that several operations answer. */

export const busNotFound = (bus: string): ApiError => resourceNotFound(`Event bus ${bus} does not exist.`);

export const ruleNotFound = (rule: string, bus: string): ApiError =>
  resourceNotFound(`Rule ${rule} does not exist on EventBus ${bus}.`);

export const managedRule = (rule: string): ApiError =>
  new ApiError(
    'ManagedRuleException',
    `${rule} is a managed rule. Set 'force' parameter to true to override.`,
  );

export const crossRegionCall = (): ApiError => validationError('Cross-region API call is not allowed.');

export const malformedArn = (arn: string): ApiError =>
  validationError(`Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`);

export const accessDenied = (message: string): ApiError => new ApiError('AccessDeniedException', message);
