import { partitionOf } from '../../model/arn.ts';

/** How an API writes its requests and answers. */
export type AwsProtocol =
  | { readonly kind: 'json'; readonly version: '1.0' | '1.1'; readonly prefix: string }
  /** `lists`: whether the elements of a list are `Name.member.1` or `Name.1`. */
  | { readonly kind: 'query'; readonly version: string; readonly lists: 'member' | 'flat' }
  /** Operation → method and path. All of an operation's input goes into the body. */
  | { readonly kind: 'rest-json'; readonly operations: Readonly<Record<string, string>> };

/** An AWS API as it is called. Its key in `awsApis` is its name in the configuration's `services`. */
export interface AwsApi {
  readonly signingName: string;
  /** The first part of its host name. */
  readonly host: string;
  readonly protocol: AwsProtocol;
}

function json(
  name: string,
  version: '1.0' | '1.1',
  prefix: string,
  { signingName = name, host = name }: { signingName?: string; host?: string } = {},
): AwsApi {
  return { signingName, host, protocol: { kind: 'json', version, prefix } };
}

function query(name: string, version: string, lists: 'member' | 'flat'): AwsApi {
  return { signingName: name, host: name, protocol: { kind: 'query', version, lists } };
}

function restJson(name: string, operations: Readonly<Record<string, string>>): AwsApi {
  return { signingName: name, host: name, protocol: { kind: 'rest-json', operations } };
}

/** Every API that can be called. One of the JSON or the query protocol answers all of its operations. */
export const awsApis: Readonly<Record<string, AwsApi>> = {
  batch: restJson('batch', { SubmitJob: 'POST /v1/submitjob' }),
  codebuild: json('codebuild', '1.1', 'CodeBuild_20161006'),
  codepipeline: json('codepipeline', '1.1', 'CodePipeline_20150709'),
  ec2: query('ec2', '2016-11-15', 'flat'),
  ecs: json('ecs', '1.1', 'AmazonEC2ContainerServiceV20141113'),
  firehose: json('firehose', '1.1', 'Firehose_20150804'),
  glue: json('glue', '1.1', 'AWSGlue'),
  imagebuilder: restJson('imagebuilder', { StartImagePipelineExecution: 'PUT /StartImagePipelineExecution' }),
  inspector: json('inspector', '1.1', 'InspectorService'),
  kinesis: json('kinesis', '1.1', 'Kinesis_20131202'),
  logs: json('logs', '1.1', 'Logs_20140328'),
  'redshift-data': json('redshift-data', '1.1', 'RedshiftData'),
  sagemaker: json('sagemaker', '1.1', 'SageMaker', { host: 'api.sagemaker' }),
  sns: query('sns', '2010-03-31', 'member'),
  sqs: json('sqs', '1.0', 'AmazonSQS'),
  ssm: json('ssm', '1.1', 'AmazonSSM'),
  'ssm-incidents': restJson('ssm-incidents', { StartIncident: 'POST /startIncident' }),
  sts: query('sts', '2011-06-15', 'member'),
  states: json('states', '1.0', 'AWSStepFunctions'),
};

/** What a region's host names end with. */
export const domainOf = (region: string): string =>
  `${region}.amazonaws.com${partitionOf(region) === 'aws-cn' ? '.cn' : ''}`;

/** Where AWS itself answers an API in a region. */
export const awsEndpoint = ({ host }: AwsApi, region: string): string =>
  `https://${host}.${domainOf(region)}`;
