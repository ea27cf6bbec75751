import { shapeOf } from '../../model/service-model.ts';
import type { ServiceModel, Shape } from '../../model/service-model.ts';

/** Characters that XML 1.0 cannot hold at all. */
// oxlint-disable-next-line no-control-regex
const UNSPEAKABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#xD;',
};

export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\r]/g, (char) => ENTITIES[char]!).replace(UNSPEAKABLE, '\uFFFD');
}

export const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;

/** The members of a structure as elements, in the model's order; absent ones are left out. */
export function structureXml(model: ServiceModel, shape: Shape, value: object): string {
  let xml = '';
  for (const [name, memberShape] of Object.entries(shape.members ?? {})) {
    const member = (value as Record<string, unknown>)[name];
    if (member !== undefined && member !== null) xml += memberXml(model, name, memberShape, member);
  }
  return xml;
}

function memberXml(model: ServiceModel, name: string, shapeName: string, value: unknown): string {
  const shape = shapeOf(model, shapeName);
  if (shape.type === 'list') {
    const tag = shape.flattened ? (shape.item ?? name) : 'member';
    const items = (value as readonly unknown[]).map((item) => memberXml(model, tag, shape.member!, item));
    return shape.flattened ? items.join('') : element(name, items.join(''));
  }
  if (shape.type === 'map') {
    const tag = shape.flattened ? (shape.item ?? name) : 'entry';
    const entries = Object.entries(value as object).map(([key, item]) =>
      element(
        tag,
        element(shape.keyName ?? 'key', escapeXml(key)) +
          memberXml(model, shape.valueName ?? 'value', shape.value!, item),
      ),
    );
    return shape.flattened ? entries.join('') : element(name, entries.join(''));
  }
  if (shape.type === 'structure') return element(name, structureXml(model, shape, value as object));
  if (shape.type === 'timestamp') return element(name, new Date((value as number) * 1_000).toISOString());
  return element(name, escapeXml(String(value)));
}
