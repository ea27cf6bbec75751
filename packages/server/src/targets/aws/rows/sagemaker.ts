import { dynamicBlock } from '../dynamic-block.ts';
import type { Members } from '../payload.ts';
import { field, noValueAt, type AwsRow, type Opening } from '../row.ts';
import { oneCallEach } from '../single.ts';

const BLOCK = 'SageMakerPipelineParameters';

interface SageMakerPipelineParameters {
  readonly PipelineParameterList?: readonly Members[];
}

export const sageMakerPipeline: AwsRow = {
  kind: 'sagemaker-pipeline',
  description: 'A pipeline of Amazon SageMaker: one execution a delivery.',
  docs: {
    title: 'SageMaker pipeline',
    arnForm: 'arn:aws:sagemaker:<region>:<account>:pipeline/<pipeline>',
    arnExample: 'arn:aws:sagemaker:us-east-1:000000000000:pipeline/train',
    testedAgainst: 'moto 5.2.1: the parameters that ListPipelineParametersForExecution gives',
    notes:
      "The payload is not used. The delivery's id is the client token, so that a repeated attempt starts nothing twice.",
  },
  parameters: {
    block: BLOCK,
    fields: [
      field('PipelineParameterList', 'list', 'The parameters of the execution.', [
        { Name: 'InputData', Value: '$.detail.object' },
      ]),
    ],
  },
  service: 'sagemaker',
  arnService: 'sagemaker',
  resource: /^pipeline\/(?<name>[a-zA-Z0-9][a-zA-Z0-9-]{0,255})$/,
  maxBatch: 1,
  open: openPipeline,
};

function openPipeline(opening: Opening) {
  const resolve = dynamicBlock((opening.target[BLOCK] ?? {}) as SageMakerPipelineParameters);
  return oneCallEach(opening, 'sagemaker', ({ event, deliveryId }) => {
    const { block, missing } = resolve(event);
    if (!block) return noValueAt(BLOCK, missing);
    const { PipelineParameterList } = block;
    return {
      operation: 'StartPipelineExecution',
      input: {
        PipelineName: opening.parts['name'],
        ...(PipelineParameterList ? { PipelineParameters: PipelineParameterList } : {}),
        ClientRequestToken: deliveryId,
      },
    };
  });
}
