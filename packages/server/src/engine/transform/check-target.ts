import type { TargetSettings } from '../../model/resources.ts';
import { compactJson } from '../compact-json.ts';
import { parseJsonPath } from './json-path.ts';
import { parseTemplate, placeholderNames } from './template.ts';
import { isPredefined } from './variables.ts';

type InputSettings = Pick<TargetSettings, 'Id' | 'Input' | 'InputPath' | 'InputTransformer'>;

function checkTransformer(id: string, target: InputSettings): string | undefined {
  const { InputPathsMap: paths = {}, InputTemplate: template } = target.InputTransformer!;
  for (const path of Object.values(paths)) {
    if (!parseJsonPath(path)) return `InputPathsMap for target ${id} contains invalid path ${path}.`;
  }
  for (const name of placeholderNames(parseTemplate(template))) {
    if (!Object.hasOwn(paths, name) && !isPredefined(name)) {
      return `InputTemplate for target ${id} contains invalid placeholder ${name}.`;
    }
  }
  return undefined;
}

/**
 * Checks a target's `Input`, `InputPath` and `InputTransformer` the way PutTargets does.
 *
 * @returns the text of the ValidationException, or undefined when all is well.
 */
export function checkTargetInput(target: InputSettings): string | undefined {
  const { Id: id, Input: input, InputPath: path, InputTransformer: transformer } = target;
  if ([input, path, transformer].filter((given) => given !== undefined).length > 1) {
    return `Only one of Input, InputPath, or InputTransformer must be provided for target ${id}.`;
  }
  if (input !== undefined && compactJson(input) === undefined) {
    return `Input for target ${id} is not a valid JSON text.`;
  }
  if (path !== undefined && !parseJsonPath(path)) return `InputPath for target ${id} is not a valid path.`;
  return transformer ? checkTransformer(id, target) : undefined;
}
