import { NO_PARAMETERS, type AwsRow } from '../row.ts';
import { oneCallEach } from '../single.ts';

export const imagePipeline: AwsRow = {
  kind: 'image-pipeline',
  description: 'A pipeline of EC2 Image Builder: one execution a delivery.',
  docs: {
    title: 'Image Builder pipeline',
    arnForm: 'arn:aws:imagebuilder:<region>:<account>:image-pipeline/<pipeline>',
    arnExample: 'arn:aws:imagebuilder:us-east-1:000000000000:image-pipeline/base',
    testedAgainst: "a local HTTP server: the request is checked against the API's published shape",
    notes: "The event only starts the pipeline. The delivery's id is the client token.",
  },
  parameters: NO_PARAMETERS,
  service: 'imagebuilder',
  arnService: 'imagebuilder',
  resource: /^image-pipeline\/[a-z0-9_-]{1,128}$/,
  maxBatch: 1,
  open: (opening) =>
    oneCallEach(opening, 'imagebuilder', ({ deliveryId }) => ({
      operation: 'StartImagePipelineExecution',
      input: { imagePipelineArn: opening.arn.text, clientToken: deliveryId },
    })),
};
