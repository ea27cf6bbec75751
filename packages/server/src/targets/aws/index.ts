import type { Clock } from '../../engine/ports/clock.ts';
import type { DocumentedConnector } from '../../engine/ports/connector.ts';
import type { HttpClient } from '../../engine/ports/http-client.ts';
import type { ServiceDirectory } from '../../model/service-settings.ts';
import { createAwsCaller } from './caller.ts';
import { awsConnector } from './connector.ts';
import type { AwsRow } from './row.ts';
import { apiGatewayStage } from './rows/api-gateway.ts';
import { appSyncApi } from './rows/appsync.ts';
import { batchJobQueue } from './rows/batch.ts';
import { codeBuildProject } from './rows/codebuild.ts';
import { codePipeline } from './rows/codepipeline.ts';
import { ec2BuiltIn } from './rows/ec2.ts';
import { ecsTask } from './rows/ecs.ts';
import { firehoseStream } from './rows/firehose.ts';
import { glueWorkflow } from './rows/glue.ts';
import { imagePipeline } from './rows/image-builder.ts';
import { responsePlan } from './rows/incidents.ts';
import { inspectorTemplate } from './rows/inspector.ts';
import { kinesisStream } from './rows/kinesis.ts';
import { logsGroup } from './rows/logs.ts';
import { redshiftCluster, redshiftWorkgroup } from './rows/redshift.ts';
import { sageMakerPipeline } from './rows/sagemaker.ts';
import { snsTopic } from './rows/sns.ts';
import { sqsQueue } from './rows/sqs.ts';
import { ssmAutomation, ssmRunCommand } from './rows/ssm-documents.ts';
import { ssmOpsItem } from './rows/ssm-ops-item.ts';
import { stateMachine } from './rows/step-functions.ts';

/** Every AWS service that rules deliver to. */
const ROWS: readonly AwsRow[] = [
  sqsQueue,
  snsTopic,
  kinesisStream,
  firehoseStream,
  stateMachine,
  logsGroup,
  apiGatewayStage,
  appSyncApi,
  ecsTask,
  batchJobQueue,
  codeBuildProject,
  codePipeline,
  redshiftCluster,
  redshiftWorkgroup,
  sageMakerPipeline,
  glueWorkflow,
  ssmRunCommand,
  ssmAutomation,
  ssmOpsItem,
  responsePlan,
  inspectorTemplate,
  imagePipeline,
  ec2BuiltIn,
];

/** The connectors of AWS services. They stand before the built-in services, whose ARNs some of them may claim. */
export function awsConnectors(
  services: ServiceDirectory,
  http: HttpClient,
  clock: Clock,
): readonly DocumentedConnector[] {
  const caller = createAwsCaller(services, http, clock);
  return ROWS.map((row) => awsConnector(row, caller));
}
