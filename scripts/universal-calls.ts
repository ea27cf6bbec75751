/**
 * Writes down which AWS APIs schedules can call, out of the APIs' published models:
 *
 *   node scripts/universal-calls.ts <botocore's folder of data>
 *
 * Only what is needed to write a request is kept: protocols, names of actions, and where a member of the input is called
 * otherwise on the wire than in the input. Actions that only read are left out, as no schedule may call them.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { isReadOnly } from '../packages/server/src/model/universal-call.ts';
import type { CallShape, UniversalApi } from '../packages/server/src/targets/universal/api.ts';

const OUTPUT = new URL('../packages/server/src/targets/universal/apis.json', import.meta.url);

/** REST APIs that schedules commonly call. Those of the other protocols are all there. */
const REST = new Set(
  (
    'amplify appflow backup batch databrew eks emrcontainers emrserverless fis imagebuilder iotdataplane ' +
    'kafka lambda mediaconvert medialive mq mwaa opensearch pipes rdsdata scheduler sesv2 ssmincidents synthetics'
  ).split(' '),
);

/** Services of all regions that are called in one. */
const GLOBAL: Readonly<Record<string, string>> = {
  budgets: 'budgets.amazonaws.com',
  costexplorer: 'ce.us-east-1.amazonaws.com',
  iam: 'iam.amazonaws.com',
  organizations: 'organizations.us-east-1.amazonaws.com',
  route53domains: 'route53domains.us-east-1.amazonaws.com',
  shield: 'shield.us-east-1.amazonaws.com',
  support: 'support.us-east-1.amazonaws.com',
  waf: 'waf.amazonaws.com',
};

interface SourceMember {
  readonly shape: string;
  readonly location?: string;
  readonly locationName?: string;
  readonly queryName?: string;
  readonly timestampFormat?: string;
  readonly idempotencyToken?: boolean;
}

interface SourceShape {
  readonly type: string;
  readonly members?: Readonly<Record<string, SourceMember>>;
  readonly member?: SourceMember;
  readonly key?: SourceMember;
  readonly value?: SourceMember;
  readonly payload?: string;
  readonly flattened?: boolean;
  readonly document?: boolean;
  readonly timestampFormat?: string;
}

interface Source {
  readonly metadata: Readonly<Record<string, string>> & { readonly protocols?: readonly string[] };
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly input?: SourceMember;
        readonly http: { readonly method: string; readonly requestUri: string };
      }
    >
  >;
  readonly shapes: Readonly<Record<string, SourceShape>>;
}

const PROTOCOLS = ['json', 'query', 'ec2', 'rest-json'] as const;
type Protocol = (typeof PROTOCOLS)[number];

const upperFirst = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** Finds the shapes of one API that a request cannot be written without. */
class Shapes {
  readonly #source: Source;
  readonly #protocol: Protocol;
  readonly #camel: boolean;
  readonly #needed = new Set<string>();

  constructor(source: Source, protocol: Protocol, camel: boolean) {
    this.#source = source;
    this.#protocol = protocol;
    this.#camel = camel;
    // Shapes contain each other, in circles too: gone over until nothing is added any more.
    for (let before = -1; before < this.#needed.size;) {
      before = this.#needed.size;
      for (const [name, shape] of Object.entries(source.shapes)) {
        if (this.#make(shape)) this.#needed.add(name);
      }
    }
  }

  /** The needed shapes within the given ones. */
  within(names: readonly string[]): Record<string, CallShape> {
    const kept: Record<string, CallShape> = {};
    const add = (name: string): void => {
      if (name.startsWith('$') || kept[name]) return;
      const shape = this.#make(this.#source.shapes[name]!)!;
      kept[name] = shape;
      for (const inner of [...Object.values(shape.members ?? {}), ...(shape.each ? [shape.each] : [])])
        add(inner);
    };
    for (const name of names) add(name);
    return kept;
  }

  /** What stands for a member's shape in the file; undefined when its value is written as it comes. */
  ref({ shape: name, timestampFormat, location }: SourceMember): string | undefined {
    const shape = this.#source.shapes[name]!;
    const rest = this.#protocol === 'json' || this.#protocol === 'rest-json';
    if (shape.type === 'blob') return '$blob';
    if (shape.type === 'timestamp') {
      const format = timestampFormat ?? shape.timestampFormat ?? (location ? 'iso8601' : 'unixTimestamp');
      return rest && format === 'unixTimestamp' ? '$time' : undefined;
    }
    if (shape.document) return '$free';
    return this.#needed.has(name) ? name : undefined;
  }

  #make(shape: SourceShape): CallShape | undefined {
    if (shape.type === 'structure') return this.#structure(shape);
    if (shape.type === 'list') return this.#list(shape);
    return shape.type === 'map' ? this.#map(shape) : undefined;
  }

  #structure({ members = {}, payload }: SourceShape): CallShape | undefined {
    const named: Record<string, string> = {};
    const inner: Record<string, string> = {};
    const token = Object.keys(members).find((name) => members[name]!.idempotencyToken);
    for (const [name, member] of Object.entries(members)) {
      const given = upperFirst(name);
      const wire = this.#wire(name, member);
      if (wire !== (this.#camel ? lowerFirst(given) : given)) named[given] = wire;
      const ref = this.ref(member);
      if (ref !== undefined) inner[given] = ref;
    }
    const shape: CallShape = {
      ...(Object.keys(named).length > 0 && { wire: named }),
      ...(Object.keys(inner).length > 0 && { members: inner }),
      ...(payload !== undefined && { payload: upperFirst(payload) }),
      ...(token !== undefined && { token: upperFirst(token) }),
    };
    return Object.keys(shape).length > 0 ? shape : undefined;
  }

  #wire(name: string, { shape, location, locationName, queryName }: SourceMember): string {
    if (location === 'uri') return `path:${locationName ?? name}`;
    if (location === 'querystring') return `query:${locationName ?? name}`;
    if (location === 'header' || location === 'headers') return `header:${locationName ?? name}`;
    if (this.#protocol === 'ec2') return queryName ?? upperFirst(locationName ?? name);
    // A flattened list in a form goes by the name of its elements.
    const { flattened, member } = this.#source.shapes[shape]!;
    if (this.#protocol === 'query' && flattened && member?.locationName) return member.locationName;
    return locationName ?? name;
  }

  #list({ member, flattened }: SourceShape): CallShape | undefined {
    const each = this.ref(member!);
    const forms = this.#protocol === 'query';
    const item = forms ? (flattened ? '' : (member!.locationName ?? 'member')) : undefined;
    const shape: CallShape = {
      ...(each !== undefined && { each }),
      ...(item !== undefined && item !== 'member' && { item }),
    };
    return Object.keys(shape).length > 0 ? shape : undefined;
  }

  #map({ key, value, flattened }: SourceShape): CallShape | undefined {
    const each = this.ref(value!);
    const forms = this.#protocol === 'query' || this.#protocol === 'ec2';
    if (!forms && !this.#camel && each === undefined) return undefined;
    const entry = `${flattened ? '' : 'entry'}/${key!.locationName ?? 'key'}/${value!.locationName ?? 'value'}`;
    return { map: forms ? entry : '', ...(each !== undefined && { each }) };
  }
}

/** Whether the members of an API's inputs begin with small letters. */
function isCamel({ operations, shapes }: Source): boolean {
  const names = Object.values(operations).flatMap(({ input }) =>
    Object.entries((input && shapes[input.shape]?.members) ?? {}).map(
      ([name, { locationName = name }]) => locationName,
    ),
  );
  return names.filter((name) => name === lowerFirst(name)).length * 2 > names.length;
}

function apiOf(source: Source, protocol: Protocol, id: string): UniversalApi {
  const {
    endpointPrefix,
    signingName = endpointPrefix!,
    apiVersion,
    jsonVersion,
    targetPrefix,
  } = source.metadata;
  const camel = protocol !== 'query' && protocol !== 'ec2' && isCamel(source);
  const shapes = new Shapes(source, protocol, camel);
  const actions: string[] = [];
  const inputs: Record<string, string> = {};
  const routes: Record<string, string> = {};
  for (const [operation, { input, http }] of Object.entries(source.operations)) {
    const action = lowerFirst(operation);
    if (isReadOnly(action) || upperFirst(action) !== operation) continue;
    actions.push(action);
    const shape = input && shapes.ref(input);
    if (shape !== undefined) inputs[action] = shape;
    if (protocol === 'rest-json') routes[action] = `${http.method} ${http.requestUri}`;
  }
  const kept = shapes.within(Object.values(inputs));
  return {
    protocol,
    signingName,
    host: endpointPrefix!,
    ...(GLOBAL[id] && { global: GLOBAL[id] }),
    ...(protocol === 'json' && { version: jsonVersion!, prefix: targetPrefix! }),
    ...((protocol === 'query' || protocol === 'ec2') && { version: apiVersion! }),
    ...(camel && { camel }),
    actions: actions.join(' '),
    ...(protocol === 'rest-json' && { routes }),
    ...(Object.keys(inputs).length > 0 && { inputs }),
    ...(Object.keys(kept).length > 0 && { shapes: kept }),
  };
}

/** The newest model of every API. */
function* sourcesIn(folder: string): Generator<Source> {
  for (const name of readdirSync(folder, { withFileTypes: true })) {
    if (!name.isDirectory()) continue;
    const version = readdirSync(join(folder, name.name)).sort().at(-1)!;
    const file = join(folder, name.name, version, 'service-2.json.gz');
    yield JSON.parse(gunzipSync(readFileSync(file)).toString()) as Source;
  }
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder that holds the models.');
const found: Record<string, UniversalApi> = {};
const others: string[] = [];
for (const source of sourcesIn(folder)) {
  const { serviceId, protocol: first, protocols = [first!] } = source.metadata;
  const id = serviceId!.toLowerCase().replace(/[^a-z0-9]/g, '');
  const protocol = PROTOCOLS.find((each) => protocols.includes(each));
  if (protocol && (protocol !== 'rest-json' || REST.has(id))) found[id] = apiOf(source, protocol, id);
  else others.push(id);
}
const sorted = Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
// One line a service: small, and its changes can be seen.
const lines = Object.entries(sorted).map(([id, api]) => `    ${JSON.stringify(id)}: ${JSON.stringify(api)}`);
const names = JSON.stringify([...new Set(others)].sort().join(' '));
writeFileSync(OUTPUT, `{\n  "others": ${names},\n  "apis": {\n${lines.join(',\n')}\n  }\n}\n`);
const actions = Object.values(found).reduce((sum, api) => sum + api.actions.split(' ').length, 0);
console.log(`${lines.length} APIs with ${actions} actions; ${others.length} APIs are left out`);
