import { dynamicBlock } from '../dynamic-block.ts';
import { pick, type Members } from '../payload.ts';
import { field, noValueAt, type AwsRow, type Opening } from '../row.ts';
import { oneCallEach } from '../single.ts';

const BLOCK = 'RedshiftDataParameters';

interface RedshiftDataParameters extends Members {
  readonly Database: string;
  readonly Sql?: string;
  readonly Sqls?: readonly string[];
  readonly SecretManagerArn?: string;
}

const parameters: AwsRow['parameters'] = {
  block: BLOCK,
  fields: [
    field('Database', 'string', 'The database.', 'dev', { required: true }),
    field('Sql', 'string', 'The statement. Either this or `Sqls`.', 'CALL load_orders()'),
    field('Sqls', 'list', 'Statements that run as one transaction.', [
      'CALL load_orders()',
      'CALL load_items()',
    ]),
    field('DbUser', 'string', 'The user of a cluster, with temporary credentials.', 'loader'),
    field('SecretManagerArn', 'string', 'The secret that holds user and password.', '$.detail.secret'),
    field('StatementName', 'string', 'A name to find the statement by.', 'on-order'),
    field('WithEvent', 'boolean', 'Have an event sent when the statement has ended.', false),
  ],
};

const check: AwsRow['check'] = (_arn, target) => {
  const block = target[BLOCK] as RedshiftDataParameters | undefined;
  if (!block || block.Sql !== undefined || block.Sqls?.length) return undefined;
  return `Parameter(s) ${BLOCK}.Sql must be specified for target: ${target.Id}.`;
};

const common = {
  parameters,
  service: 'redshift-data',
  check,
  maxBatch: 1,
} as const;

const notes =
  'The statement is handed over, not waited for. Its texts are the parameters of the target: nothing of the payload gets into ' +
  "the SQL, except by a parameter that is a JSONPath as a whole. The delivery's id is the client token.";

export const redshiftCluster: AwsRow = {
  ...common,
  kind: 'redshift-cluster',
  description: 'A cluster of Amazon Redshift: one statement a delivery, by the Data API.',
  docs: {
    title: 'Redshift cluster',
    arnForm: 'arn:aws:redshift:<region>:<account>:cluster:<cluster>',
    arnExample: 'arn:aws:redshift:us-east-1:000000000000:cluster:warehouse',
    testedAgainst: 'moto 5.2.1: the statement that DescribeStatement gives',
    notes,
  },
  arnService: 'redshift',
  resource: /^cluster:(?<cluster>[a-z][a-z0-9-]{0,62})$/,
  open: (opening) => openData(opening, { ClusterIdentifier: opening.parts['cluster'] }),
};

export const redshiftWorkgroup: AwsRow = {
  ...common,
  kind: 'redshift-workgroup',
  description: 'A workgroup of Amazon Redshift Serverless: one statement a delivery, by the Data API.',
  docs: {
    title: 'Redshift Serverless workgroup',
    arnForm: 'arn:aws:redshift-serverless:<region>:<account>:workgroup/<id>',
    arnExample:
      'arn:aws:redshift-serverless:us-east-1:000000000000:workgroup/0a1b2c3d-0000-4000-8000-000000000000',
    testedAgainst: "a local HTTP server: the request is checked against the API's published shape",
    notes,
  },
  arnService: 'redshift-serverless',
  resource: /^workgroup\/[a-z0-9-]{3,64}$/,
  open: (opening) => openData(opening, { WorkgroupName: opening.arn.text }),
};

function openData(opening: Opening, where: Members) {
  const resolve = dynamicBlock((opening.target[BLOCK] ?? {}) as RedshiftDataParameters);
  return oneCallEach(opening, 'redshift-data', ({ event, deliveryId }) => {
    const { block, missing } = resolve(event);
    if (!block) return noValueAt(BLOCK, missing);
    const several = (block.Sqls?.length ?? 0) > 0;
    return {
      operation: several ? 'BatchExecuteStatement' : 'ExecuteStatement',
      input: {
        ...where,
        ...pick(block, ['Database', 'DbUser', 'StatementName', 'WithEvent', several ? 'Sqls' : 'Sql']),
        ...(block.SecretManagerArn === undefined ? {} : { SecretArn: block.SecretManagerArn }),
        ClientToken: deliveryId,
      },
    };
  });
}
