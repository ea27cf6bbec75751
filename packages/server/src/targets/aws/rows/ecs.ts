import type { SendOutcome } from '../../../engine/ports/connector.ts';
import { parseObject } from '../classify.ts';
import { dynamicBlock } from '../dynamic-block.ts';
import { camelCased, membersOf, pick, type Members } from '../payload.ts';
import { field, noValueAt, type AwsRow, type Opening } from '../row.ts';
import { oneCallEach } from '../single.ts';

const BLOCK = 'EcsParameters';

interface EcsParameters {
  readonly TaskDefinitionArn: string;
  readonly TaskCount?: number;
  readonly LaunchType?: string;
  readonly NetworkConfiguration?: { readonly awsvpcConfiguration?: Members };
  readonly Tags?: readonly Members[];
  readonly [other: string]: unknown;
}

/** Members of an enumeration, which cannot be paths. */
const ENUMERATED = new Set(['LaunchType', 'AssignPublicIp', 'PropagateTags', 'type']);

/** What a payload may override of a task. */
const OVERRIDES = [
  'containerOverrides',
  'cpu',
  'inferenceAcceleratorOverrides',
  'executionRoleArn',
  'memory',
  'taskRoleArn',
  'ephemeralStorage',
];

/** Members that RunTask has under the same name, in camel case. */
const SAME = [
  'CapacityProviderStrategy',
  'EnableExecuteCommand',
  'Group',
  'LaunchType',
  'PlacementConstraints',
  'PlacementStrategy',
  'PlatformVersion',
  'PropagateTags',
  'ReferenceId',
];

export const ecsTask: AwsRow = {
  kind: 'ecs-task',
  description: 'Tasks on a cluster of Amazon ECS: one RunTask a delivery.',
  docs: {
    title: 'ECS task',
    arnForm: 'arn:aws:ecs:<region>:<account>:cluster/<cluster>',
    arnExample: 'arn:aws:ecs:us-east-1:000000000000:cluster/workers',
    testedAgainst: 'moto 5.2.1: the tasks that DescribeTasks gives, with their overrides',
    notes:
      'A payload of the shape of a task override (`containerOverrides`, `cpu`, `memory`, `taskRoleArn` …) becomes the ' +
      "`overrides`; anything else in it is left out. The delivery's id is the client token, so that a repeated attempt starts " +
      'nothing twice. A cluster without room for the task is tried again.',
  },
  parameters: {
    block: BLOCK,
    fields: [
      field(
        'TaskDefinitionArn',
        'string',
        'The task definition.',
        'arn:aws:ecs:us-east-1:000000000000:task-definition/resize',
        {
          required: true,
        },
      ),
      field('TaskCount', 'integer', 'How many tasks one delivery starts.', 1, { fallback: '1' }),
      field('LaunchType', 'string', 'Where they run.', 'FARGATE', {
        choices: ['EC2', 'FARGATE', 'EXTERNAL'],
      }),
      field(
        'NetworkConfiguration',
        'structure',
        'The subnets, security groups and public address of `awsvpc` tasks.',
        {
          awsvpcConfiguration: {
            Subnets: ['subnet-1'],
            SecurityGroups: ['sg-1'],
            AssignPublicIp: 'DISABLED',
          },
        },
      ),
      field('PlatformVersion', 'string', 'The platform version on Fargate.', 'LATEST'),
      field('Group', 'string', 'The task group.', 'nightly'),
      field('CapacityProviderStrategy', 'list', 'Capacity providers, in place of a launch type.', [
        { capacityProvider: 'FARGATE_SPOT', weight: 1 },
      ]),
      field('EnableECSManagedTags', 'boolean', 'Have ECS tag the tasks.', true),
      field('EnableExecuteCommand', 'boolean', 'Allow ECS Exec.', false),
      field('PlacementConstraints', 'list', 'Where tasks must run.', [{ type: 'distinctInstance' }]),
      field('PlacementStrategy', 'list', 'Where tasks run best.', [{ type: 'spread', field: 'instanceId' }]),
      field('PropagateTags', 'string', 'Take tags over from the task definition.', 'TASK_DEFINITION', {
        choices: ['TASK_DEFINITION'],
      }),
      field('ReferenceId', 'string', 'A reference of your own.', '$.detail.orderId'),
      field('Tags', 'list', 'Tags of the tasks.', [{ Key: 'order', Value: '$.detail.orderId' }]),
    ],
  },
  service: 'ecs',
  arnService: 'ecs',
  resource: /^cluster\/[a-zA-Z0-9_-]{1,255}$/,
  maxBatch: 1,
  open: openTask,
};

function openTask(opening: Opening) {
  const { arn, target } = opening;
  const parameters = dynamicBlock((target[BLOCK] ?? {}) as EcsParameters, ENUMERATED);
  return oneCallEach(
    opening,
    'ecs',
    ({ event, payload, deliveryId }) => {
      const { block, missing } = parameters(event);
      if (!block) return noValueAt(BLOCK, missing);
      const overrides = pick(membersOf(payload), OVERRIDES);
      return {
        operation: 'RunTask',
        input: {
          cluster: arn.text,
          ...taskOf(block),
          ...(Object.keys(overrides).length > 0 ? { overrides } : {}),
          clientToken: deliveryId,
        },
      };
    },
    { conclude: concludeRun },
  );
}

function taskOf(block: EcsParameters): Members {
  const { TaskDefinitionArn, TaskCount = 1, NetworkConfiguration, EnableECSManagedTags, Tags } = block;
  const given = {
    networkConfiguration: camelCased(NetworkConfiguration),
    enableECSManagedTags: EnableECSManagedTags,
    tags: camelCased(Tags),
  };
  return {
    taskDefinition: TaskDefinitionArn,
    count: TaskCount,
    ...(camelCased(pick(block, SAME)) as Members),
    ...pick(given, Object.keys(given)),
  };
}

/** RunTask succeeds even when it has started nothing, and says why. */
function concludeRun(text: string): SendOutcome | undefined {
  const { tasks = [], failures = [] } = parseObject(text) as {
    tasks?: readonly unknown[];
    failures?: readonly { readonly reason?: string }[];
  };
  if (tasks.length > 0 || failures.length === 0) return undefined;
  const reason = failures[0]!.reason ?? 'The task did not start.';
  if (reason === 'MISSING') return { status: 'reject', code: 'NO_RESOURCE', reason };
  return { status: 'retry', code: 'RESOURCE_LIMIT_EXCEEDED', reason };
}
