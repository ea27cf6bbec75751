import type { ServiceModel } from '../../model/service-model.ts';
import { ShapeCompiler } from './compile.ts';
import { lowerCamel } from './java-text.ts';
import { ValidationReport } from './report.ts';
import type { PathStyle } from './report.ts';

/** Throws an `ApiError` unless the input satisfies the model. Removes members that are null or unknown from it. */
export type InputValidator = (input: object) => void;

/** `entries.1.member.eventBusName` */
const GRAMMAR_PATHS: PathStyle = {
  member: (name) => lowerCamel(name),
  item: (position) => `${position}.member`,
};

/** `SendMessageBatchRequestEntry.1.Id` */
const PARAMETER_PATHS: PathStyle = {
  member: (_name, wireName) => wireName,
  item: (position) => String(position),
};

/**
 * Validators of all of a service's operations, by operation name. Services with query error codes (SQS) word their own
 * errors: only missing parameters and wrong types are found here.
 */
export function compileInputValidators(model: ServiceModel): ReadonlyMap<string, InputValidator> {
  const ownErrors = model.queryErrorCodes !== undefined;
  const compiler = new ShapeCompiler(model, ownErrors ? PARAMETER_PATHS : GRAMMAR_PATHS, !ownErrors);
  const validators = new Map<string, InputValidator>();
  for (const [name, operation] of Object.entries(model.operations)) {
    if (operation.input === undefined) {
      validators.set(name, () => undefined);
      continue;
    }
    const check = compiler.check(operation.input);
    validators.set(name, (input) => {
      if (check(input, undefined)) return;
      const report = new ValidationReport();
      check(input, report);
      throw ownErrors ? report.toMissingParameterError() : report.toValidationError(model.validationError);
    });
  }
  return validators;
}
