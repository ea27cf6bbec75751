import { knownServices } from '../packages/server/src/api/known-services.ts';
import { startBusbar, type Built } from '../packages/server/src/compose.ts';
import { configOf } from '../packages/server/src/config.ts';
import {
  serviceModels,
  type ProtocolName,
  type ServiceModel,
} from '../packages/server/src/model/service-model.ts';
import { code, GENERATED, row } from './markdown.ts';

/** What a daemon really serves: one is started, asked and stopped. */
export async function whatIsBuilt(): Promise<Built> {
  const daemon = await startBusbar(configOf({ port: 0, data: ':memory:' }));
  await daemon.stop(0);
  return daemon.built;
}

const PROTOCOLS: Readonly<Record<ProtocolName, string>> = {
  json: 'AWS JSON',
  query: 'query',
  'rest-json': 'REST-JSON',
};

const namesOf = (model: ServiceModel): string[] => Object.keys(model.operations).toSorted();

function summaryRow(model: ServiceModel, built: ReadonlySet<string>): string {
  const names = namesOf(model);
  const done = names.filter((name) => built.has(name)).length;
  const protocols = model.protocols.map((name) => PROTOCOLS[name]).join(', ');
  return row(`[${model.title}](#${anchorOf(model)})`, model.version, protocols, `${done} of ${names.length}`);
}

const anchorOf = ({ title }: ServiceModel): string => title.toLowerCase().replaceAll(' ', '-');

function operationTable(model: ServiceModel, built: ReadonlySet<string>): string {
  const rows = namesOf(model).map((name) => row(code(name), built.has(name) ? 'yes' : 'not yet'));
  return ['| operation | |', '| --- | --- |', ...rows].join('\n');
}

/** Which operations of which API are there. */
export function compatibilityPage({ operations, targets }: Built): string {
  const builtOf = ({ service }: ServiceModel): ReadonlySet<string> => new Set(operations[service]);
  const titles = knownServices.map(({ title }) => title).toSorted();
  return [
    '# Compatibility',
    GENERATED,
    'Which operations of the AWS APIs are there. The lists come from what a daemon serves and from the API models that it carries.',
    '- **yes**: the operation does what it says. Parameters that stand for something Busbar does not have yet are told apart in the [README](../README.md#what-it-does-today).\n' +
      '- **not yet**: the input is checked as always, and the answer is `NotImplementedException` with status 501. Nothing is stored, and nothing is pretended.',
    [
      '| API | version | protocols | built, of those in the model |',
      '| --- | --- | --- | --- |',
      ...serviceModels.map((model) => summaryRow(model, builtOf(model))),
    ].join('\n'),
    'The model of STS has only the operation by which clients ask who they are, and that of Lambda only those that local functions need: its other operations answer `NotImplementedException`. An operation that the model of an API does not have answers `UnknownOperationException` (`InvalidAction` in the query protocol).',
    `These APIs are known by name; each of their operations answers \`NotImplementedException\`: ${titles.join(', ')}.`,
    '## Targets of rules',
    [
      '| kind | |',
      '| --- | --- |',
      ...targets.map(({ kind, description }) => row(code(kind), description)),
    ].join('\n'),
    ...serviceModels.flatMap((model) => [`## ${model.title}`, operationTable(model, builtOf(model))]),
    '',
  ].join('\n\n');
}
