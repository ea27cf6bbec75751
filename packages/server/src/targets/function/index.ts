import type { Clock } from '../../engine/ports/clock.ts';
import type { DocumentedConnector, SessionContext, TargetSession } from '../../engine/ports/connector.ts';
import type { FunctionInvoker } from '../../engine/ports/function-invoker.ts';
import type { HttpClients } from '../../engine/ports/http-client.ts';
import type { Arn } from '../../model/arn.ts';
import type { TargetSettings } from '../../model/resources.ts';
import type { ServiceDirectory } from '../../model/service-settings.ts';
import { AWS_SETTINGS } from '../aws/connector.ts';
import { createAwsCaller, type AwsCaller } from '../aws/caller.ts';
import { foreignBlock } from '../parameter-blocks.ts';
import { localSession } from './local.ts';
import { REMOTE_SETTINGS, remoteSession, SERVICE } from './remote.ts';

/** `function:<name>`, with a version or an alias. */
const RESOURCE = /^function:([A-Za-z0-9_-]{1,64})(?::(\$LATEST|[A-Za-z0-9_-]{1,128}))?$/;

const notes = `A function that is there under its name, in whatever account and region, is a [local one](../functions.md); every other is called where the entry \`lambda\` of \`services\` says. Without such an entry, and without such a function, the target cannot be put.

The function gets the payload as its event. \`context.awsRequestId\` is the same for every attempt of one delivery, so that a function can tell that it has seen it before.

A delivery counts as done when the function has returned. This differs from AWS, where it is done once Lambda has taken the call, and Lambda itself tries twice more: here the rule's own retry policy and dead-letter queue see to it that nothing is lost. Retried: whatever the function throws, a crash, a process that is killed, too little memory, and a call that takes too long. Not retried: an error whose type is \`PermanentError\`, as of \`class PermanentError extends Error {}\` (elsewhere than here its \`name\` must be set too); a payload that is not JSON (\`INVALID_JSON\`) or larger than 1 MiB (\`INVALID_PARAMETER\`); a function that is not there any more (\`NO_RESOURCE\`).

A rule waits for at most 60 s: a local function that is still busy then is ended, and called again.

Of the real service (\`"lambda": "aws"\`) no result is waited for (\`Event\`), as EventBridge does; other endpoints are asked for it (\`RequestResponse\`), because most of them forget what nobody waits for. \`invocationType\` says otherwise.`;

/** Functions of Lambda: local ones, and those that any endpoint of the Invoke API has. */
export function functionTarget(
  functions: FunctionInvoker,
  services: ServiceDirectory,
  { http, clock }: { readonly http: HttpClients; readonly clock: Clock },
): DocumentedConnector {
  const caller = createAwsCaller(services, http.trusted, clock);
  return {
    kind: 'lambda',
    description:
      'A Lambda function: a local one, or one behind any endpoint of the Invoke API. One call a delivery.',
    docs: {
      title: 'Lambda function',
      arnForm: 'arn:aws:lambda:<region>:<account>:function:<name>',
      arnExample: 'arn:aws:lambda:us-east-1:000000000000:function:payment',
      testedAgainst: 'local processes; elsewhere a second Busbar, and moto 5.2.1, which runs no code',
      entry: SERVICE,
      settings: [...AWS_SETTINGS, ...REMOTE_SETTINGS],
      notes,
    },
    parameters: { block: undefined, fields: [] },
    accepts: (arn) => arn.service === 'lambda',
    check: (arn, target) => checkFunctionTarget(functions, caller, arn, target),
    open: (arn, target, context) => openSession(functions, caller, arn, target, context),
  };
}

/** The name and the qualifier; undefined for what is no function of Lambda. */
function partsOf(arn: Arn): { readonly name: string; readonly qualifier: string | undefined } | undefined {
  const [, name, qualifier] = RESOURCE.exec(arn.resource) ?? [];
  return name === undefined ? undefined : { name, qualifier };
}

/** The local function that an ARN means: versions and aliases are only elsewhere. */
function localFunction(functions: FunctionInvoker, arn: Arn) {
  const { name, qualifier = '$LATEST' } = partsOf(arn) ?? {};
  const found = name !== undefined && qualifier === '$LATEST' ? functions.find(name) : undefined;
  return found && { name: name!, concurrency: found.concurrency };
}

function checkFunctionTarget(
  functions: FunctionInvoker,
  caller: AwsCaller,
  arn: Arn,
  target: TargetSettings,
): string | undefined {
  const parts = partsOf(arn);
  if (!parts || arn.account === '' || arn.region === '') {
    return `Parameter ${arn.text} is not valid. Reason: Provided Arn is not in correct format.`;
  }
  const foreign = foreignBlock(target, undefined);
  if (foreign !== undefined || localFunction(functions, arn) || caller.places.settingsOf(SERVICE))
    return foreign;
  const { name, qualifier } = parts;
  const lacking = functions.find(name)
    ? `The local function ${name} has no version or alias ${qualifier}`
    : `There is no local function ${name}`;
  return (
    `Parameter ${arn.text} is not valid. Reason: ${lacking}, and Busbar does not know where Lambda is: put a module ` +
    `functions/${name}.ts beside its configuration, or write "functions": { "${name}": "<path of a module>" } or ` +
    '"services": { "lambda": "<URL, or aws>" } into it.'
  );
}

function openSession(
  functions: FunctionInvoker,
  caller: AwsCaller,
  arn: Arn,
  target: TargetSettings,
  context: SessionContext,
): TargetSession {
  const local = localFunction(functions, arn);
  if (local) return localSession(functions, local, arn, context);
  return remoteSession(caller, { arn, ...partsOf(arn)!, roleArn: target.RoleArn });
}
