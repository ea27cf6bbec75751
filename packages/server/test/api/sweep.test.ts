import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  array,
  assert as holds,
  boolean,
  constant,
  constantFrom,
  dictionary,
  double,
  letrec,
  oneof,
  property,
  string,
} from 'fast-check';
import { compileInputValidators } from '../../src/api/validation/input-validator.ts';
import { compileJavaPattern } from '../../src/api/validation/java-pattern.ts';
import { ApiError } from '../../src/model/errors.ts';
import { serviceModel, shapeOf } from '../../src/model/service-model.ts';
import type { ServiceModel, Shape } from '../../src/model/service-model.ts';
import { startFixture } from './front-door-fixture.ts';

// Nothing is built: a sound input of any operation must end as NotImplemented, a bad one as what is documented.
const { json } = await startFixture({ services: {} });

const ARN = 'arn:aws:events:us-east-1:111111111111';
const CANDIDATES = [
  'abcdefghi',
  '111111111111',
  'events:PutEvents',
  'https://example.com/',
  'abc.def',
  'aws.partner/example.com/a',
  `${ARN}:event-bus/default`,
  `${ARN}:connection/c/1`,
  `${ARN}:api-destination/d/1`,
  `${ARN}:archive/a`,
  'arn:aws:iam::111111111111:role/r',
  'arn:aws:route53:::healthcheck/a-1',
  'arn:aws:vpc-lattice:us-east-1:111111111111:resourceconfiguration/rcfg-0123456789abcdefg',
  'arn:aws:secretsmanager:us-east-1:111111111111:secret:s',
];

/** A small value that satisfies a shape. */
function sample(model: ServiceModel, name: string): unknown {
  const shape = shapeOf(model, name);
  switch (shape.type) {
    case 'structure':
      return Object.fromEntries(
        (shape.required ?? []).map((member) => [member, sample(model, shape.members![member]!)]),
      );
    case 'list':
      return Array.from({ length: Math.max(1, shape.min ?? 0) }, () => sample(model, shape.member!));
    case 'map':
      return { [sample(model, shape.key!) as string]: sample(model, shape.value!) };
    case 'string':
      return sampleText(shape, name);
    case 'boolean':
      return true;
    case 'blob':
      return 'AAE=';
    default:
      return shape.min ?? 1;
  }
}

function sampleText(shape: Shape, name: string): string {
  if (shape.enum) return shape.enum[0]!;
  const pattern = compileJavaPattern(shape.pattern ?? '.*');
  const text = CANDIDATES.find((each) => pattern.test(each) && each.length >= (shape.min ?? 0));
  assert.ok(text !== undefined, `no sample for ${name}`);
  return text;
}

interface Mutation {
  readonly what: string;
  readonly input: unknown;
  readonly codes: readonly string[];
}

const WRONG: Readonly<Record<string, unknown>> = {
  structure: 'text',
  list: 'text',
  map: 5,
  string: 5,
  boolean: 'text',
  blob: 5,
};

/** Every bad variant of a value: each member of wrong type, too long or missing, at every depth. */
function* mutations(model: ServiceModel, name: string, depth: number): Generator<Mutation> {
  const shape = shapeOf(model, name);
  // Nothing is wrong with any JSON here: the operation looks at it.
  if (shape.type === 'document') return;
  const wrongType = ['SerializationException'];
  const violated = [model.validationError ?? 'ValidationException'];
  yield { what: `${name} of wrong type`, input: WRONG[shape.type] ?? 'text', codes: wrongType };
  if (shape.type === 'string' && shape.max !== undefined) {
    yield { what: `${name} too long`, input: 'a'.repeat(shape.max + 1), codes: violated };
  }
  if (shape.type === 'string' && (shape.min ?? 0) > 0)
    yield { what: `${name} empty`, input: '', codes: violated };
  if (shape.enum && model.service !== 'sqs')
    yield { what: `${name} foreign`, input: 'FOREIGN', codes: violated };
  if (shape.type === 'list' && shape.max !== undefined) {
    const input = Array.from({ length: shape.max + 1 }, () => sample(model, shape.member!));
    yield { what: `${name} too long`, input, codes: violated };
  }
  if (depth === 0) return;
  if (shape.type === 'list') {
    for (const each of mutations(model, shape.member!, depth - 1)) yield { ...each, input: [each.input] };
  }
  if (shape.type === 'map') {
    for (const each of mutations(model, shape.value!, depth - 1))
      yield { ...each, input: { abc: each.input } };
  }
  if (shape.type === 'structure') yield* memberMutations(model, name, shape, depth);
}

function* memberMutations(
  model: ServiceModel,
  name: string,
  shape: Shape,
  depth: number,
): Generator<Mutation> {
  const sound = sample(model, name) as Record<string, unknown>;
  for (const [member, memberShape] of Object.entries(shape.members!)) {
    if (shape.required?.includes(member)) {
      const missing = model.validationError ?? 'ValidationException';
      const codes = [model.service === 'sqs' ? 'MissingRequiredParameterException' : missing];
      yield { what: `${name} without ${member}`, input: { ...sound, [member]: null }, codes };
    }
    for (const each of mutations(model, memberShape, depth - 1)) {
      yield { ...each, input: { ...sound, [member]: each.input } };
    }
  }
}

/** The deepest input (PutTargets) nests eight steps. */
const DEPTH = 10;

for (const service of ['events', 'logs', 'sqs']) {
  const model = serviceModel(service)!;
  describe(`every operation of ${service} with every member spoiled`, () => {
    for (const [name, operation] of Object.entries(model.operations)) {
      it(name, async () => {
        const target = `${model.targetPrefix}.${name}`;
        const input = operation.input === undefined ? {} : sample(model, operation.input);
        const sound = await json(target, input);
        assert.equal(sound.status, 501, sound.text);
        if (operation.input === undefined) return;
        const all = [...memberMutations(model, operation.input, shapeOf(model, operation.input), DEPTH)];
        await Promise.all(
          all.map(async ({ what, input: spoiled, codes }) => {
            const answer = await json(target, spoiled);
            assert.equal(answer.status, 400, `${what}: ${answer.text}`);
            const code = answer.json.__type!.replace(/^.*#/, '');
            assert.ok(codes.includes(code), `${what}: ${answer.text}`);
          }),
        );
      });
    }
  });
}

describe('any JSON at all', () => {
  for (const service of ['events', 'logs', 'sqs', 'sts']) {
    const validators = [...compileInputValidators(serviceModel(service)!).values()];
    const members = Object.values(serviceModel(service)!.shapes).flatMap((shape) =>
      Object.keys(shape.members ?? {}),
    );

    it(`${service} answers it with an error of the API or lets it through`, () => {
      const leaf = oneof(string(), double({ noNaN: true }), boolean(), constant(null));
      const tree = letrec<{ value: unknown }>((tie) => ({
        value: oneof(
          { depthSize: 'small' },
          leaf,
          array(tie('value')),
          dictionary(members.length === 0 ? string() : constantFrom(...members), tie('value')),
        ),
      })).value;
      holds(
        property(tree, (value) => {
          if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
          for (const validate of validators) {
            try {
              validate(structuredClone(value));
            } catch (error) {
              if (!(error instanceof ApiError) || error.status !== 400) throw error;
            }
          }
        }),
        { numRuns: 300 },
      );
    });
  }
});
