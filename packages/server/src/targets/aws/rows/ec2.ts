import { reject, NO_PARAMETERS, type AwsRow } from '../row.ts';
import { oneCallEach } from '../single.ts';

/** What each built-in target does, and to what. */
const ACTIONS: Readonly<Record<string, readonly [operation: string, member: 'VolumeId' | 'InstanceId']>> = {
  'create-snapshot': ['CreateSnapshot', 'VolumeId'],
  'reboot-instance': ['RebootInstances', 'InstanceId'],
  'stop-instance': ['StopInstances', 'InstanceId'],
  'terminate-instance': ['TerminateInstances', 'InstanceId'],
};

export const ec2BuiltIn: AwsRow = {
  kind: 'ec2-built-in',
  description:
    'What EventBridge itself does on Amazon EC2: a snapshot of a volume; rebooting, stopping, terminating instances.',
  docs: {
    title: 'EC2 built-in targets',
    arnForm: 'arn:aws:events:<region>:<account>:target/<action>',
    arnExample: 'arn:aws:events:us-east-1:000000000000:target/stop-instance',
    testedAgainst: 'moto 5.2.1: the snapshots and the states of instances that it describes afterwards',
    notes:
      'The actions are `create-snapshot`, `reboot-instance`, `stop-instance` and `terminate-instance`. The payload is the id ' +
      'of the volume or the instance as a JSON text (`"vol-0123456789abcdef0"`), or a list of ids of instances: give it as ' +
      '`Input`, or take it out of the event by `InputPath`.',
  },
  parameters: NO_PARAMETERS,
  service: 'ec2',
  arnService: 'events',
  resource: /^target\/(?<action>create-snapshot|(?:reboot|stop|terminate)-instance)$/,
  claims: (arn) => arn.resource.startsWith('target/'),
  maxBatch: 1,
  open: (opening) => {
    const [operation, member] = ACTIONS[opening.parts['action']!]!;
    return oneCallEach(opening, 'ec2', ({ payload }) => {
      const ids = idsIn(payload);
      if (ids.length === 0) return reject('The payload is not the id of a volume or an instance.');
      if (member === 'InstanceId') return { operation, input: { [member]: ids } };
      return ids.length === 1
        ? { operation, input: { [member]: ids[0] } }
        : reject('A snapshot is made of one volume.');
    });
  },
};

/** The ids in a payload: a text or a list of texts. */
function idsIn(payload: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    value = payload;
  }
  const ids = Array.isArray(value) ? value : [value];
  return ids.every((id) => typeof id === 'string' && id !== '') ? (ids as string[]) : [];
}
