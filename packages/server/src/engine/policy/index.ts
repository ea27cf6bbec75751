import { limits } from '../../model/limits.ts';
import { parseArn } from '../../model/arn.ts';
import { holds, type RequestContext } from './condition.ts';
import {
  parsePolicy,
  PolicyError,
  type PolicyDocument,
  type PolicyPrincipals,
  type PolicyStatement,
  type Selection,
} from './document.ts';
import { matchesGlob } from './glob.ts';

export { CONDITION_FIELDS, eventContext, type PublishedEvent } from './event-context.ts';
export { putStatement, removeStatement, type StoredStatement } from './statements.ts';
export type { RequestContext } from './condition.ts';

/** What somebody wants to do, as a policy sees it. */
export interface PolicyRequest {
  /** Twelve digits: the caller's account, or the one on whose behalf a service calls. May be empty for a service. */
  readonly principalAccount: string;
  /** An ARN, or a service's name (`events.amazonaws.com`) when a service calls. */
  readonly principalArn: string;
  /** For example `events:PutEvents`. */
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
}

/** `none`: the policy says nothing about it. */
export type PolicyDecision = 'allow' | 'deny' | 'none';

/** Parsed policies by their text, the longest unused first. A policy that cannot be parsed is remembered as its error. */
const parsed = new Map<string, PolicyDocument | PolicyError>();

function parseCached(text: string): PolicyDocument | PolicyError {
  let policy = parsed.get(text);
  if (policy) parsed.delete(text);
  else policy = parseSafely(text);
  parsed.set(text, policy);
  if (parsed.size > limits.parsedPolicies) parsed.delete(parsed.keys().next().value!);
  return policy;
}

function parseSafely(text: string): PolicyDocument | PolicyError {
  try {
    return parsePolicy(text);
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
}

/** Why a text is not a resource policy, in words for a client; undefined when it is one. */
export function checkPolicy(text: string): string | undefined {
  const policy = parseSafely(text);
  return policy instanceof PolicyError ? policy.message : undefined;
}

/** The `Resource` and `NotResource` patterns of a policy that `checkPolicy` accepts, in order. */
export function policyResources(text: string): string[] {
  const policy = parseSafely(text);
  if (policy instanceof PolicyError) return [];
  return policy.statements.flatMap(({ resources }) => [...resources.patterns]);
}

/** The role behind a session (`arn:aws:sts::A:assumed-role/R/session` → `arn:aws:iam::A:role/R`), else the ARN itself. */
function roleOf(principalArn: string): string {
  const arn = parseArn(principalArn);
  const [kind, role] = arn?.resource.split('/') ?? [];
  if (!arn || arn.service !== 'sts' || kind !== 'assumed-role') return principalArn;
  return `arn:${arn.partition}:iam::${arn.account}:role/${role}`;
}

/** A service is never taken for the account on whose behalf it calls. */
const isService = (request: PolicyRequest): boolean => !request.principalArn.startsWith('arn:');

function isAwsPrincipal(name: string, request: PolicyRequest): boolean {
  if (isService(request)) return false;
  if (name === request.principalAccount || name === request.principalArn) return true;
  const arn = parseArn(name);
  if (arn?.service === 'iam' && arn.resource === 'root') return arn.account === request.principalAccount;
  return name === roleOf(request.principalArn);
}

function selectsPrincipal(principals: PolicyPrincipals, request: PolicyRequest): boolean {
  const named =
    principals.everyone ||
    (isService(request) && principals.services.includes(request.principalArn)) ||
    principals.aws.some((name) => isAwsPrincipal(name, request));
  return named !== principals.except;
}

const selects = (selection: Selection, fits: (pattern: string) => boolean): boolean =>
  selection.patterns.some(fits) !== selection.except;

/** Keys that every request has, beside those that the caller knows. */
function contextOf(request: PolicyRequest): RequestContext {
  const { context, principalAccount, principalArn } = request;
  if (isService(request)) return context;
  return { ...context, 'aws:PrincipalAccount': principalAccount, 'aws:PrincipalArn': principalArn };
}

function applies(statement: PolicyStatement, request: PolicyRequest, context: RequestContext): boolean {
  const action = request.action.toLowerCase();
  return (
    selectsPrincipal(statement.principals, request) &&
    selects(statement.actions, (pattern) => matchesGlob(pattern.toLowerCase(), action)) &&
    selects(statement.resources, (pattern) => matchesGlob(pattern, request.resource)) &&
    statement.conditions.every((condition) => holds(condition, context, statement.effect))
  );
}

/**
 * Judges a request by a resource policy. A matching Deny wins over any Allow.
 *
 * @param policyText undefined: there is no policy (`none`). A text that is no policy denies everything.
 */
export function evaluatePolicy(policyText: string | undefined, request: PolicyRequest): PolicyDecision {
  if (policyText === undefined) return 'none';
  const policy = parseCached(policyText);
  if (policy instanceof PolicyError) return 'deny';
  const context = contextOf(request);
  const matching = policy.statements.filter((statement) => applies(statement, request, context));
  if (matching.some(({ effect }) => effect === 'Deny')) return 'deny';
  return matching.length > 0 ? 'allow' : 'none';
}
