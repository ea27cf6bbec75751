import { parseCondition, type Condition, type Effect } from './condition.ts';

/** Either the things that a statement names, or all but those (`NotPrincipal`, `NotAction`, `NotResource`). */
export interface Selection {
  readonly except: boolean;
  readonly patterns: readonly string[];
}

export interface PolicyPrincipals {
  readonly except: boolean;
  readonly everyone: boolean;
  /** Accounts and ARNs. */
  readonly aws: readonly string[];
  readonly services: readonly string[];
}

export interface PolicyStatement {
  readonly sid: string | undefined;
  readonly effect: Effect;
  readonly principals: PolicyPrincipals;
  readonly actions: Selection;
  readonly resources: Selection;
  readonly conditions: readonly Condition[];
}

export interface PolicyDocument {
  readonly statements: readonly PolicyStatement[];
}

/** Why a text is not a resource policy; the message is fit for a client. */
export class PolicyError extends Error {}

type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function stringList(value: unknown, member: string): string[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0 || list.some((item) => typeof item !== 'string' || item === '')) {
    throw new PolicyError(`Invalid value for field ${member}`);
  }
  return list as string[];
}

/** Reads `Name` or `NotName`, of which a statement must have exactly one. */
function oneOf(statement: JsonObject, name: string): { member: string; value: unknown; except: boolean } {
  const negated = `Not${name}`;
  const has = statement[name] !== undefined;
  const hasNegated = statement[negated] !== undefined;
  if (has && hasNegated) throw new PolicyError(`Only one of ${name} and ${negated} may be given`);
  if (!has && !hasNegated) throw new PolicyError(`Missing required field ${name}`);
  const member = has ? name : negated;
  return { member, value: statement[member], except: hasNegated };
}

function parseSelection(statement: JsonObject, name: string): Selection {
  const { member, value, except } = oneOf(statement, name);
  return { except, patterns: stringList(value, member) };
}

const PRINCIPAL_KINDS = new Set(['AWS', 'Service', 'Federated', 'CanonicalUser']);

function parsePrincipals(statement: JsonObject): PolicyPrincipals {
  const { member, value, except } = oneOf(statement, 'Principal');
  if (value === '*') return { except, everyone: true, aws: [], services: [] };
  if (!isJsonObject(value) || Object.keys(value).length === 0) {
    throw new PolicyError(`Invalid value for field ${member}`);
  }
  for (const [kind, names] of Object.entries(value)) {
    if (!PRINCIPAL_KINDS.has(kind)) throw new PolicyError(`Invalid principal in policy: "${kind}"`);
    stringList(names, member);
  }
  const aws = value['AWS'] === undefined ? [] : stringList(value['AWS'], member);
  const services = value['Service'] === undefined ? [] : stringList(value['Service'], member);
  return { except, everyone: aws.includes('*'), aws, services };
}

function parseConditions(value: unknown): Condition[] {
  if (value === undefined) return [];
  if (!isJsonObject(value)) throw new PolicyError('Invalid value for field Condition');
  const conditions: Condition[] = [];
  for (const [operator, keys] of Object.entries(value)) {
    if (!isJsonObject(keys)) throw new PolicyError('Invalid value for field Condition');
    for (const [key, wanted] of Object.entries(keys)) {
      const list: unknown[] = Array.isArray(wanted) ? wanted : [wanted];
      if (list.some((item) => !['string', 'number', 'boolean'].includes(typeof item))) {
        throw new PolicyError('Invalid value for field Condition');
      }
      conditions.push(parseCondition(operator, key, list.map(String)));
    }
  }
  return conditions;
}

function parseStatement(value: unknown): PolicyStatement {
  if (!isJsonObject(value)) throw new PolicyError('Invalid value for field Statement');
  const { Sid: sid, Effect: effect } = value;
  if (sid !== undefined && typeof sid !== 'string') throw new PolicyError('Invalid value for field Sid');
  if (effect === undefined) throw new PolicyError('Missing required field Effect');
  if (effect !== 'Allow' && effect !== 'Deny') throw new PolicyError('Invalid value for field Effect');
  return {
    sid,
    effect,
    principals: parsePrincipals(value),
    actions: parseSelection(value, 'Action'),
    resources: parseSelection(value, 'Resource'),
    conditions: parseConditions(value['Condition']),
  };
}

const VERSIONS = new Set<unknown>([undefined, '2012-10-17', '2008-10-17']);

/** The statements of a policy as they were written; a single one may stand without brackets. */
export function statementsOf(policy: JsonObject): readonly unknown[] {
  const { Statement: statement } = policy;
  if (statement === undefined) throw new PolicyError('Missing required field Statement');
  const list: unknown[] = Array.isArray(statement) ? statement : [statement];
  if (list.length === 0) throw new PolicyError('Missing required field Statement');
  return list;
}

/** The JSON object of a policy's text. Throws `PolicyError`. */
export function readPolicyJson(text: string): JsonObject {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw new PolicyError('This policy contains invalid Json');
  }
  if (!isJsonObject(policy)) throw new PolicyError('This policy contains invalid Json');
  return policy;
}

/** Parses a resource policy. Throws `PolicyError`. */
export function parsePolicy(text: string): PolicyDocument {
  const policy = readPolicyJson(text);
  if (!VERSIONS.has(policy['Version'])) throw new PolicyError('Invalid value for field Version');
  const statements = statementsOf(policy).map(parseStatement);
  const sids = statements.flatMap(({ sid }) => (sid === undefined ? [] : [sid]));
  if (new Set(sids).size < sids.length) {
    throw new PolicyError('Statement IDs (SID) in a single policy must be unique.');
  }
  return { statements };
}
