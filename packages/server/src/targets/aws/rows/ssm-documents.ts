import { isShaped, membersOf, objectIn, pick, type Members } from '../payload.ts';
import { field, NO_PARAMETERS, type AwsRow, type Opening } from '../row.ts';
import { oneCallEach } from '../single.ts';

const BLOCK = 'RunCommandParameters';

export const ssmRunCommand: AwsRow = {
  kind: 'ssm-run-command',
  description: 'A command document of AWS Systems Manager: one SendCommand a delivery.',
  docs: {
    title: 'SSM Run Command',
    arnForm: 'arn:aws:ssm:<region>:[<account>]:document/<document>',
    arnExample: 'arn:aws:ssm:us-east-1::document/AWS-RunShellScript',
    testedAgainst: 'moto 5.2.1: the command that ListCommands gives',
    notes:
      'The document\'s parameters come from `Input` or an input transformer: `{"commands": ["date"]}`, or the same in a ' +
      'member `Parameters` beside `DocumentVersion`. Nothing is taken from an event by itself.',
  },
  parameters: {
    block: BLOCK,
    fields: [
      field(
        'RunCommandTargets',
        'list',
        'The machines: by tag, or by id.',
        [{ Key: 'tag:env', Values: ['prod'] }],
        {
          required: true,
        },
      ),
    ],
  },
  service: 'ssm',
  arnService: 'ssm',
  resource: /^document\/(?<name>[a-zA-Z0-9_\-.]{3,128})$/,
  claims: (arn) => arn.resource.startsWith('document/'),
  accountless: true,
  maxBatch: 1,
  open: openRunCommand,
};

function openRunCommand(opening: Opening) {
  const { target } = opening;
  const machines = (target[BLOCK] as { RunCommandTargets?: readonly Members[] } | undefined)
    ?.RunCommandTargets;
  return oneCallEach(opening, 'ssm', ({ payload }) => {
    const members = isShaped(target) ? membersOf(payload) : {};
    const nested = objectIn(members, 'Parameters');
    const parameters = parametersOf(nested ?? members);
    return {
      operation: 'SendCommand',
      input: {
        DocumentName: documentOf(opening),
        ...(nested ? pick(members, ['DocumentVersion']) : {}),
        Targets: machines,
        ...(Object.keys(parameters).length > 0 ? { Parameters: parameters } : {}),
      },
    };
  });
}

export const ssmAutomation: AwsRow = {
  kind: 'ssm-automation',
  description: 'A runbook of AWS Systems Manager Automation: one execution a delivery.',
  docs: {
    title: 'SSM Automation runbook',
    arnForm: 'arn:aws:ssm:<region>:[<account>]:automation-definition/<document>[:<version>]',
    arnExample: 'arn:aws:ssm:us-east-1::automation-definition/AWS-RestartEC2Instance:$DEFAULT',
    testedAgainst: "a local HTTP server: the request is checked against the API's published shape",
    notes:
      'The payload of an `Input` or an input transformer is the runbook\'s parameters: `{"InstanceId": ["i-0abc"]}`. The ' +
      "delivery's id is the client token, so that a repeated attempt starts nothing twice.",
  },
  parameters: NO_PARAMETERS,
  service: 'ssm',
  arnService: 'ssm',
  resource:
    /^automation-definition\/(?<name>[a-zA-Z0-9_\-.]{3,128})(?::(?<version>\$LATEST|\$DEFAULT|[1-9]\d*))?$/,
  claims: (arn) => arn.resource.startsWith('automation-definition/'),
  accountless: true,
  maxBatch: 1,
  open: openAutomation,
};

function openAutomation(opening: Opening) {
  const { target, parts } = opening;
  return oneCallEach(opening, 'ssm', ({ payload, deliveryId }) => {
    const parameters = parametersOf(isShaped(target) ? membersOf(payload) : {});
    return {
      operation: 'StartAutomationExecution',
      input: {
        DocumentName: documentOf(opening),
        ...(parts['version'] === undefined ? {} : { DocumentVersion: parts['version'] }),
        ...(Object.keys(parameters).length > 0 ? { Parameters: parameters } : {}),
        ClientToken: deliveryId,
      },
    };
  });
}

/** Documents of another account are known by their ARNs only. */
function documentOf({ arn, context, parts }: Opening): string {
  const own = arn.account === '' || arn.account === context.account;
  const { name } = parts;
  return own ? name! : `arn:${arn.partition}:ssm:${arn.region}:${arn.account}:document/${name}`;
}

/** Every parameter of a document is a list of texts. */
function parametersOf(members: Members): Readonly<Record<string, string[]>> {
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(textOf) : [textOf(value)],
    ]),
  );
}
