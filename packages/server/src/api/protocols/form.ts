import { isUtf8 } from 'node:buffer';
import { limits } from '../../model/limits.ts';
import { shapeOf } from '../../model/service-model.ts';
import type { ServiceModel, Shape } from '../../model/service-model.ts';
import { serializationError } from '../validation/report.ts';

/** One step of a parameter's dotted name: `Attribute` → `1` → `Name`. */
interface FormNode {
  value: string | undefined;
  children: Map<string, FormNode> | undefined;
}

/** The parameters of a form or query string. The first of several equal names wins. */
export class Form {
  readonly #root: FormNode = { value: undefined, children: undefined };
  #count = 0;

  /** Adds `a=b&c=d` text. Throws when there are too many parameters. */
  add(text: string): void {
    if (text.length === 0) return;
    for (const [name, value] of new URLSearchParams(text)) {
      if (++this.#count > limits.formParameters) {
        throw serializationError(`A request takes at most ${limits.formParameters} parameters.`);
      }
      this.#put(name, value);
    }
  }

  addBody(body: Buffer): void {
    if (!isUtf8(body)) throw serializationError('The request body is not valid UTF-8.');
    this.add(body.toString('utf8'));
  }

  get(name: string): string | undefined {
    return this.#root.children?.get(name)?.value;
  }

  /** Builds the input that a structure of the model describes; values of the wrong type are left for validation. */
  input(model: ServiceModel, shapeName: string | undefined): object {
    if (shapeName === undefined) return {};
    return decodeStructure(model, shapeOf(model, shapeName), this.#root);
  }

  #put(name: string, value: string): void {
    let node = this.#root;
    for (const step of name.split('.', limits.formNameSteps)) {
      node.children ??= new Map();
      let child = node.children.get(step);
      if (!child) {
        child = { value: undefined, children: undefined };
        node.children.set(step, child);
      }
      node = child;
    }
    node.value ??= value;
  }
}

function decode(model: ServiceModel, shape: Shape, node: FormNode): unknown {
  switch (shape.type) {
    case 'structure':
      return decodeStructure(model, shape, node);
    case 'list':
      return decodeList(model, shape, node);
    case 'map':
      return decodeMap(model, shape, node);
    case 'boolean':
      return node.value === 'true' ? true : node.value === 'false' ? false : node.value;
    case 'string':
    case 'blob':
      return node.value;
    default:
      return decodeNumber(node.value);
  }
}

function decodeStructure(model: ServiceModel, shape: Shape, node: FormNode): object {
  const input: Record<string, unknown> = {};
  for (const [name, memberShapeName] of Object.entries(shape.members ?? {})) {
    const memberShape = shapeOf(model, memberShapeName);
    const child = node.children?.get(memberShape.item ?? name);
    let value = child && decode(model, memberShape, child);
    // A form cannot write an empty list, so the absence of a required one means just that.
    if (memberShape.type === 'list' && shape.required?.includes(name)) value ??= [];
    if (value !== undefined) input[name] = value;
  }
  return input;
}

/** Children in the order of their numbers; gaps close up. */
function numbered(node: FormNode): FormNode[] {
  const children = [...(node.children ?? [])].filter(([step]) => /^\d{1,9}$/.test(step));
  return children.sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => child);
}

function decodeList(model: ServiceModel, shape: Shape, node: FormNode): unknown[] | undefined {
  const parent = shape.flattened ? node : node.children?.get('member');
  if (!parent) return undefined;
  const item = shapeOf(model, shape.member!);
  const items = numbered(parent).map((child) => decode(model, item, child));
  return items.length === 0 ? undefined : items.map((value) => value ?? null);
}

function decodeMap(model: ServiceModel, shape: Shape, node: FormNode): object | undefined {
  const parent = shape.flattened ? node : node.children?.get('entry');
  if (!parent) return undefined;
  const valueShape = shapeOf(model, shape.value!);
  const entries: [string, unknown][] = [];
  for (const child of numbered(parent)) {
    const key = child.children?.get(shape.keyName ?? 'key')?.value;
    const value = child.children?.get(shape.valueName ?? 'value');
    if (key === undefined) throw serializationError('A numbered map entry has no name.');
    entries.push([key, (value && decode(model, valueShape, value)) ?? null]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function decodeNumber(text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  return /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
}
