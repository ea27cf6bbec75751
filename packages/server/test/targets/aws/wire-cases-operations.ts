import { ACCOUNT, RULE } from './targets.ts';
import { arn, type WireCase } from './wire-case.ts';

const MACHINES = [{ Key: 'tag:env', Values: ['prod'] }];

export const systemsManager: WireCase[] = [
  {
    name: 'SSM Run Command with parameters',
    target: {
      Arn: 'arn:aws:ssm:us-east-1::document/AWS-RunShellScript',
      RunCommandParameters: { RunCommandTargets: MACHINES },
      Input: 'given',
    },
    change: { payload: '{"commands":["date","uptime"],"timeout":60}' },
    service: 'ssm',
    operation: 'SendCommand',
    params: () => ({
      DocumentName: 'AWS-RunShellScript',
      Targets: MACHINES,
      Parameters: { commands: ['date', 'uptime'], timeout: ['60'] },
    }),
  },
  {
    name: 'SSM Run Command with a version, on a document of another account',
    target: {
      Arn: 'arn:aws:ssm:us-east-1:999999999999:document/Shared',
      RunCommandParameters: { RunCommandTargets: MACHINES },
      Input: 'given',
    },
    change: { payload: '{"Parameters":{"commands":"date"},"DocumentVersion":"2","DocumentName":"Other"}' },
    service: 'ssm',
    operation: 'SendCommand',
    params: () => ({
      DocumentName: 'arn:aws:ssm:us-east-1:999999999999:document/Shared',
      DocumentVersion: '2',
      Targets: MACHINES,
      Parameters: { commands: ['date'] },
    }),
  },
  {
    name: 'SSM Run Command takes nothing from a plain event',
    target: { Arn: arn('ssm', 'document/Tidy'), RunCommandParameters: { RunCommandTargets: MACHINES } },
    service: 'ssm',
    operation: 'SendCommand',
    params: () => ({ DocumentName: 'Tidy', Targets: MACHINES }),
  },
  {
    name: 'SSM Automation',
    target: {
      Arn: 'arn:aws:ssm:us-east-1::automation-definition/AWS-RestartEC2Instance:$DEFAULT',
      Input: 'given',
    },
    change: { payload: '{"InstanceId":["i-0abc"]}' },
    service: 'ssm',
    operation: 'StartAutomationExecution',
    params: ({ deliveryId }) => ({
      DocumentName: 'AWS-RestartEC2Instance',
      DocumentVersion: '$DEFAULT',
      Parameters: { InstanceId: ['i-0abc'] },
      ClientToken: deliveryId,
    }),
  },
  {
    name: 'SSM OpsItem of a plain event',
    target: { Arn: arn('ssm', 'opsitem') },
    service: 'ssm',
    operation: 'CreateOpsItem',
    params: ({ event }) => ({ Title: 'Order', Description: event, Source: 'shop.orders' }),
  },
  {
    name: 'SSM OpsItem with a template',
    target: { Arn: arn('ssm', 'opsitem'), Input: 'given' },
    change: {
      payload: JSON.stringify({
        title: 'Stopped',
        description: 'It stopped.',
        category: 'Availability',
        severity: '2',
        priority: '3',
        source: 'EC2',
        resources: ['arn:aws:ec2:us-east-1:123456789012:instance/i-0abc'],
        operationalData: {
          '/aws/dedup': { type: 'SearchableString', value: '{"dedupString":"stopped"}' },
          state: { type: 'String', value: 'stopped' },
        },
      }),
    },
    service: 'ssm',
    operation: 'CreateOpsItem',
    params: () => ({
      Title: 'Stopped',
      Description: 'It stopped.',
      Source: 'EC2',
      Category: 'Availability',
      Severity: '2',
      Priority: 3,
      OperationalData: {
        '/aws/dedup': { Value: '{"dedupString":"stopped"}', Type: 'SearchableString' },
        state: { Value: 'stopped', Type: 'String' },
        '/aws/resources': {
          Value: '[{"arn":"arn:aws:ec2:us-east-1:123456789012:instance/i-0abc"}]',
          Type: 'SearchableString',
        },
      },
    }),
  },
  {
    name: 'Incident Manager response plan',
    target: { Arn: `arn:aws:ssm-incidents::${ACCOUNT}:response-plan/outage` },
    service: 'ssm-incidents',
    operation: 'StartIncident',
    params: ({ payload, deliveryId, ingestedAt }) => ({
      responsePlanArn: `arn:aws:ssm-incidents::${ACCOUNT}:response-plan/outage`,
      clientToken: deliveryId,
      triggerDetails: {
        source: 'aws.events',
        timestamp: ingestedAt / 1_000,
        triggerArn: RULE,
        rawData: payload,
      },
    }),
  },
];

const ACTIONS: readonly (readonly [string, string, string, Readonly<Record<string, unknown>>])[] = [
  ['create-snapshot', '"vol-1"', 'CreateSnapshot', { VolumeId: 'vol-1' }],
  ['reboot-instance', '"i-1"', 'RebootInstances', { InstanceIds: ['i-1'] }],
  ['stop-instance', '["i-1","i-2"]', 'StopInstances', { InstanceIds: ['i-1', 'i-2'] }],
  ['terminate-instance', '"i-1"', 'TerminateInstances', { InstanceIds: ['i-1'] }],
];

export const builtIns: readonly WireCase[] = ACTIONS.map(([action, payload, operation, params]) => ({
  name: `EC2 ${action}`,
  target: { Arn: arn('events', `target/${action}`), Input: 'given' },
  change: { payload },
  service: 'ec2',
  operation,
  params: () => params,
}));
