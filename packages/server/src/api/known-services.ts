/** An AWS API that clients may send here although its model is not carried: it gets a clear answer, not a riddle. */
export interface KnownService {
  readonly title: string;
  /** Service parts of credential scopes. */
  readonly signingNames: readonly string[];
  /** What stands before the dot of `X-Amz-Target`. */
  readonly targetPrefix?: string;
  readonly paths?: RegExp;
  /** The `Version` parameter of the query protocol. */
  readonly queryVersion?: string;
}

export const knownServices: readonly KnownService[] = [
  { title: 'EventBridge Pipes', signingNames: ['pipes'], paths: /^\/v1\/pipes(?:\/|$)/ },
  { title: 'EventBridge Schemas', signingNames: ['schemas'], paths: /^\/v1\/(?:registries|discover|policy)/ },
  { title: 'Step Functions', signingNames: ['states'], targetPrefix: 'AWSStepFunctions' },
  { title: 'Systems Manager', signingNames: ['ssm'], targetPrefix: 'AmazonSSM' },
  { title: 'Secrets Manager', signingNames: ['secretsmanager'], targetPrefix: 'secretsmanager' },
  { title: 'KMS', signingNames: ['kms'], targetPrefix: 'TrentService' },
  { title: 'DynamoDB', signingNames: ['dynamodb'], targetPrefix: 'DynamoDB_20120810' },
  { title: 'DynamoDB Streams', signingNames: [], targetPrefix: 'DynamoDBStreams_20120810' },
  { title: 'Kinesis', signingNames: ['kinesis'], targetPrefix: 'Kinesis_20131202' },
  { title: 'Firehose', signingNames: ['firehose'], targetPrefix: 'Firehose_20150804' },
  {
    title: 'CloudWatch',
    signingNames: ['monitoring'],
    targetPrefix: 'GraniteServiceVersion20100801',
    queryVersion: '2010-08-01',
  },
  { title: 'Certificate Manager', signingNames: ['acm'], targetPrefix: 'CertificateManager' },
  { title: 'IAM', signingNames: ['iam'], queryVersion: '2010-05-08' },
  { title: 'CloudFormation', signingNames: ['cloudformation'], queryVersion: '2010-05-15' },
  { title: 'SNS', signingNames: ['sns'], queryVersion: '2010-03-31' },
  { title: 'S3', signingNames: ['s3'] },
];
