import { limits } from '../../model/limits.ts';
import { shapeOf } from '../../model/service-model.ts';
import type { ServiceModel, Shape } from '../../model/service-model.ts';

const REDACTED = '***Sensitive Data Redacted***';
const CUT = '…';

/** `EventBusName` → `eventBusName`: how messages write a member's name. */
export function lowerCamel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/**
 * Shows a value the way the service's own (Java) objects print themselves: `[A(b=c, d=null), …]` for lists of
 * structures, `{k=v}` for maps, plain text for strings. Cut at `limits.validationValueChars`.
 */
export function javaText(model: ServiceModel, shapeName: string, value: unknown): string {
  const out: Text = { text: '' };
  write(out, model, shapeName, value);
  return out.text.length > limits.validationValueChars
    ? out.text.slice(0, limits.validationValueChars) + CUT
    : out.text;
}

/** Grows until the bound is passed; writers stop there, so that a huge value costs no more than a long one. */
interface Text {
  text: string;
}

const full = (out: Text): boolean => out.text.length > limits.validationValueChars;

function write(out: Text, model: ServiceModel, shapeName: string, value: unknown): void {
  if (full(out)) return;
  if (value === undefined || value === null) {
    out.text += 'null';
    return;
  }
  const shape = shapeOf(model, shapeName);
  if (shape.sensitive) out.text += REDACTED;
  else if (shape.type === 'structure') writeStructure(out, model, shapeName, shape, value as object);
  else if (shape.type === 'list') writeList(out, model, shape, value as readonly unknown[]);
  else if (shape.type === 'map') writeMap(out, model, shape, value as object);
  // Not what the shape says, and perhaps nested deeper than the machine's stack: the conversion error will tell.
  else if (typeof value === 'object') out.text += CUT;
  else if (shape.type === 'timestamp') out.text += timestampText(value as number);
  else if (typeof value === 'string') out.text += value.slice(0, limits.validationValueChars + 1);
  else out.text += String(value as number | boolean);
}

function writeStructure(out: Text, model: ServiceModel, name: string, shape: Shape, value: object): void {
  out.text += `${name}(`;
  let separator = '';
  for (const [member, memberShape] of Object.entries(shape.members ?? {})) {
    // Busbar's own: the service's objects have no such member.
    if (shapeOf(model, memberShape).type === 'document') continue;
    out.text += `${separator}${lowerCamel(member)}=`;
    write(out, model, memberShape, (value as Record<string, unknown>)[member]);
    separator = ', ';
  }
  for (const member of shape.unmodelled ?? []) {
    out.text += `${separator}${member}=null`;
    separator = ', ';
  }
  out.text += ')';
}

function writeList(out: Text, model: ServiceModel, shape: Shape, values: readonly unknown[]): void {
  out.text += '[';
  for (let at = 0; at < values.length && !full(out); at++) {
    if (at > 0) out.text += ', ';
    write(out, model, shape.member!, values[at]);
  }
  out.text += ']';
}

function writeMap(out: Text, model: ServiceModel, shape: Shape, values: object): void {
  out.text += '{';
  let separator = '';
  for (const [key, value] of Object.entries(values)) {
    if (full(out)) break;
    out.text += separator;
    write(out, model, shape.key!, key);
    out.text += '=';
    write(out, model, shape.value!, value);
    separator = ', ';
  }
  out.text += '}';
}

/** Dates beyond what JavaScript can write are shown as the number that came. */
function timestampText(seconds: number): string {
  const date = new Date(seconds * 1_000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace('.000Z', 'Z');
}
