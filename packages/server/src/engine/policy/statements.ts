import { isJsonObject, readPolicyJson, statementsOf } from './document.ts';

const POLICY_VERSION = '2012-10-17';

/** A statement as the statement form of PutPermission stores it. */
export interface StoredStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: '*' | { readonly AWS: string };
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const sidOf = (statement: unknown): unknown => (isJsonObject(statement) ? statement['Sid'] : undefined);

/**
 * Adds a statement to a policy, or puts it in the place of the one with the same Sid.
 *
 * @param policy the stored policy's text; undefined when there is none yet.
 * @returns the new policy's text.
 */
export function putStatement(policy: string | undefined, statement: StoredStatement): string {
  if (policy === undefined) return JSON.stringify({ Version: POLICY_VERSION, Statement: [statement] });
  const document = readPolicyJson(policy);
  const statements = [...statementsOf(document)];
  const place = statements.findIndex((present) => sidOf(present) === statement.Sid);
  if (place < 0) statements.push(statement);
  else statements[place] = statement;
  return JSON.stringify({ ...document, Statement: statements });
}

/**
 * Takes the statement with a Sid out of a policy.
 *
 * @returns `found: false` when there is no such statement; else the rest, undefined when nothing is left.
 */
export function removeStatement(
  policy: string | undefined,
  sid: string,
): { readonly found: boolean; readonly policy?: string | undefined } {
  if (policy === undefined) return { found: false };
  const document = readPolicyJson(policy);
  const statements = statementsOf(document);
  const rest = statements.filter((statement) => sidOf(statement) !== sid);
  if (rest.length === statements.length) return { found: false };
  if (rest.length === 0) return { found: true };
  return { found: true, policy: JSON.stringify({ ...document, Statement: rest }) };
}
