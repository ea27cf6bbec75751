import { limits } from '../../model/limits.ts';
import type { InputTransformer, TargetSettings } from '../../model/resources.ts';
import { compactJson } from '../compact-json.ts';
import { parseJsonPath } from './json-path.ts';
import { textOfString } from './json-slice.ts';
import { createPathReader } from './path-set.ts';
import { parseTemplate, placeholderNames, type PlaceholderPosition, type Template } from './template.ts';
import { createVariableReader, type RuleIdentity } from './variables.ts';

export { checkTargetInput } from './check-target.ts';
export type { RuleIdentity } from './variables.ts';

/** What a target gets, or why nothing can be made for it; the codes are those of a dead letter. */
export type PayloadResult =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly code: 'INVALID_JSON' | 'INVALID_PARAMETER'; readonly reason: string };

/** Makes a target's payload from an event's JSON text and the time (ms) at which the event was received. */
export type PayloadBuilder = (event: string, ingestedAt: number) => PayloadResult;

export type TargetInput = Pick<TargetSettings, 'Input' | 'InputPath' | 'InputTransformer'>;

const invalidJson = (reason: string): PayloadResult => ({ ok: false, code: 'INVALID_JSON', reason });
const invalidParameter = (reason: string): PayloadResult => ({
  ok: false,
  code: 'INVALID_PARAMETER',
  reason,
});

/** A variable's JSON text as it is written at a placeholder; undefined and null are the same to the service. */
function writeValue(raw: string | undefined, position: PlaceholderPosition): string {
  const missing = raw === undefined || raw === 'null';
  if (position === 'value') return missing ? '""' : raw;
  if (missing) return '';
  // The service does not escape what it puts between quotes: a value with a quote in it can break the result.
  if (raw.startsWith('"')) return textOfString(raw);
  return position === 'part' ? raw.replaceAll('"', '') : raw;
}

/** Fills a template; undefined when the result would grow beyond the limit. */
function fill(template: Template, variables: ReadonlyMap<string, string>): string | undefined {
  let filled = '';
  for (const part of template.parts) {
    filled += part.kind === 'literal' ? part.text : writeValue(variables.get(part.name), part.position);
    if (filled.length > limits.transformedPayloadChars) return undefined;
  }
  return filled;
}

function transform(transformer: InputTransformer, rule: RuleIdentity): PayloadBuilder {
  const template = parseTemplate(transformer.InputTemplate);
  if (template.kind === 'unusable') {
    return () => invalidJson('The input template is neither JSON nor lines of quoted text.');
  }
  const read = createVariableReader(placeholderNames(template), transformer.InputPathsMap ?? {}, rule);
  return (event, ingestedAt) => {
    const filled = fill(template, read(event, ingestedAt));
    if (filled === undefined) {
      return invalidParameter(`The payload exceeds ${limits.transformedPayloadChars} characters.`);
    }
    if (template.kind === 'text') return { ok: true, payload: filled };
    const payload = compactJson(filled);
    if (payload === undefined) return invalidJson('The filled input template is not a valid JSON text.');
    return { ok: true, payload };
  };
}

function atPath(text: string): PayloadBuilder {
  const path = parseJsonPath(text);
  if (!path) return () => invalidParameter(`The input path ${text} is not valid.`);
  const read = createPathReader([path]);
  return (event) => {
    const [payload] = read(event);
    if (payload === undefined) return invalidParameter(`The event has nothing at the input path ${text}.`);
    return { ok: true, payload };
  };
}

function constant(input: string): PayloadBuilder {
  const payload = compactJson(input);
  const result = payload === undefined ? invalidJson('The input is not a valid JSON text.') : undefined;
  return () => result ?? { ok: true, payload: payload! };
}

/**
 * Compiles what a target wants instead of the whole event. Nothing asked for: the event's own text, untouched.
 *
 * - `Input`: that JSON text, compact.
 * - `InputPath`: the JSON text of the value there, strings with their quotes. A path that leads nowhere is a permanent
 *   failure of the delivery (`INVALID_PARAMETER`), so that it shows up among the dead letters instead of vanishing.
 * - `InputTransformer`: the filled template. Values keep their spelling; a JSON template that is not JSON once it is filled
 *   fails with `INVALID_JSON`.
 */
export function createPayloadBuilder(target: TargetInput, rule: RuleIdentity): PayloadBuilder {
  if (target.InputTransformer) return transform(target.InputTransformer, rule);
  if (target.InputPath !== undefined) return atPath(target.InputPath);
  if (target.Input !== undefined) return constant(target.Input);
  return (event) => ({ ok: true, payload: event });
}
