import { limits } from '../../model/limits.ts';
import type { QueueDocument } from './catalog.ts';
import { invalidParameter, invalidValue, missingParameter, overLimit } from './errors.ts';
import { parseObject } from './json-object.ts';

/** What AddPermission is told. */
export interface PermissionInput {
  readonly Label: string;
  readonly AWSAccountIds: readonly string[];
  readonly Actions: readonly string[];
}

interface Statement extends Record<string, unknown> {
  readonly Sid?: unknown;
}

/** Actions that an owner can give to other accounts. */
const ACTIONS: ReadonlySet<string> = new Set([
  '*',
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
]);

const LABEL = new RegExp(`^[A-Za-z0-9_-]{1,${limits.queuePermissionLabelChars}}$`);
const ACCOUNT = /^\d{12}$/;

/** The policy's text with one more statement, named by the label; throws the service's errors. */
export function withPermission(document: QueueDocument, input: PermissionInput): string {
  checkPermission(input);
  const policy = policyOf(document);
  const statements = statementsOf(policy);
  const { Label: label } = input;
  if (statements.some(({ Sid }) => Sid === label)) throw invalidValue(label, 'Label', 'Already exists.');
  if (statements.length >= limits.queuePermissionStatements) {
    throw overLimit(
      `${statements.length + 1} statements were found, maximum allowed is ${limits.queuePermissionStatements}.`,
    );
  }
  const statement = {
    Sid: label,
    Effect: 'Allow',
    Principal: { AWS: oneOrMany(input.AWSAccountIds.map((account) => `arn:aws:iam::${account}:root`)) },
    Action: oneOrMany(input.Actions.map((action) => `SQS:${action}`)),
    Resource: document.arn,
  };
  return JSON.stringify({ ...policy, Statement: [...statements, statement] });
}

/** The policy's text without the statement of this label: empty when it was the last one. Throws when there is none. */
export function withoutPermission(document: QueueDocument, label: string): string {
  const policy = policyOf(document);
  const statements = statementsOf(policy);
  const others = statements.filter(({ Sid }) => Sid !== label);
  if (others.length === statements.length) {
    throw invalidValue(label, 'Label', "can't find label on existing policy.");
  }
  return others.length === 0 ? '' : JSON.stringify({ ...policy, Statement: others });
}

function checkPermission({ Label: label, AWSAccountIds: accounts, Actions: actions }: PermissionInput): void {
  if (!LABEL.test(label)) {
    throw invalidValue(
      label,
      'Label',
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    );
  }
  if (actions.length === 0) throw missingParameter('Actions');
  if (accounts.length === 0) {
    throw invalidParameter('Value [] for parameter PrincipalId is invalid. Reason: Unable to verify.');
  }
  if (actions.length > limits.queuePermissionActions) {
    throw overLimit(
      `${actions.length} Actions were found, maximum allowed is ${limits.queuePermissionActions}.`,
    );
  }
  const strange = actions.find((action) => !ACTIONS.has(action));
  if (strange !== undefined) {
    throw invalidValue(
      `SQS:${strange}`,
      'ActionName',
      'Only the queue owner is allowed to invoke this action.',
    );
  }
  const unknown = accounts.find((account) => !ACCOUNT.test(account));
  if (unknown !== undefined) throw invalidValue(`[${unknown}]`, 'PrincipalId', 'Unable to verify.');
}

/** The queue's policy, or the one that a first permission starts with. */
function policyOf({ attributes, arn }: QueueDocument): Record<string, unknown> {
  const policy = attributes.Policy === undefined ? undefined : parseObject(attributes.Policy);
  return policy ?? { Version: '2012-10-17', Id: `${arn}/SQSDefaultPolicy`, Statement: [] };
}

function statementsOf({ Statement: statement = [] }: Record<string, unknown>): readonly Statement[] {
  return (Array.isArray(statement) ? statement : [statement]) as Statement[];
}

const oneOrMany = (items: readonly string[]): string | readonly string[] =>
  items.length === 1 ? items[0]! : items;
