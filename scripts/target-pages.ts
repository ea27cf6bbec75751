import type { Built } from '../packages/server/src/compose.ts';
import type { ParameterField } from '../packages/server/src/engine/ports/connector.ts';
import { BUSBAR_BLOCK, COMMON_FIELDS } from '../packages/server/src/targets/busbar-parameters.ts';
import { code, GENERATED, row } from './markdown.ts';

type Target = Built['targets'][number];

export interface Page {
  readonly path: string;
  readonly text: string;
}

const shown = (value: unknown): string => code(typeof value === 'string' ? value : JSON.stringify(value));

function fieldTable(fields: readonly ParameterField[]): string {
  const rows = fields.map(({ name, type, required, secret, description, choices, fallback, example }) =>
    row(
      code(name),
      [type, required ? 'required' : '', secret ? 'secret' : ''].filter(Boolean).join(', '),
      choices ? `${description} One of ${choices.map(code).join(', ')}.` : description,
      fallback ?? (required ? '' : 'none'),
      shown(example),
    ),
  );
  return ['| field | | | when left out | example |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

function parametersSection({ parameters: { block, fields, busbarFields } }: Target): string[] {
  if (block === undefined) return [];
  const further = busbarFields
    ? [
        `Fields of the block ${code(BUSBAR_BLOCK)}, beside [those of every target](README.md#parameters-of-every-target).`,
        fieldTable(busbarFields),
      ]
    : [];
  const intro =
    block === BUSBAR_BLOCK
      ? `Fields of the block ${code(block)}, beside [those of every target](README.md#parameters-of-every-target).`
      : `The block ${code(block)} of the rule's target.`;
  const own = fields.length > 0 ? `${intro}\n\n${fieldTable(fields)}` : `${intro} It is empty.`;
  return ['## Parameters', own, ...further];
}

function settingsSection({ docs: { settings, entry, arnExample } }: Target): string[] {
  if (!settings) return [];
  const service = entry ?? arnExample.split(':')[2]!;
  const intro = `The entry ${code(service)} of ${code('services')} in the [configuration](../configuration.md) has a ${code('url')}`;
  return [
    '## Configuration',
    settings.length > 0 ? `${intro}, and may have:\n\n${fieldTable(settings)}` : `${intro}.`,
  ];
}

function targetPage(target: Target): Page {
  const { kind, description, docs } = target;
  const text = [
    `# ${docs.title}`,
    GENERATED,
    description,
    `ARN: ${code(docs.arnForm)}, such as ${code(docs.arnExample)}.`,
    `Tested against ${docs.testedAgainst}.`,
    ...settingsSection(target),
    ...parametersSection(target),
    ...(docs.notes ? ['## Notes', docs.notes] : []),
    '',
  ].join('\n\n');
  return { path: `docs/targets/${kind}.md`, text };
}

/** A page for each kind of target, and a table of them all. */
export function targetPages({ targets }: Pick<Built, 'targets'>): Page[] {
  const rows = targets.map(({ kind, docs }) =>
    row(`[${docs.title}](${kind}.md)`, code(docs.arnForm), docs.testedAgainst),
  );
  const text = [
    '# Targets',
    GENERATED,
    'Where rules deliver to. `PutTargets` refuses an ARN of a kind that is not here, and one whose system is not configured.',
    ['| target | ARN | tested against |', '| --- | --- | --- |', ...rows].join('\n'),
    '## Parameters of every target',
    `Beside what AWS defines, a target may have a block ${code(BUSBAR_BLOCK)}. The AWS CLI and the SDKs leave out what they do not know, so it is put by a plain request.`,
    fieldTable(COMMON_FIELDS),
    '',
  ].join('\n\n');
  return [{ path: 'docs/targets/README.md', text }, ...targets.map(targetPage)];
}
