import { membersOf, pick } from '../payload.ts';
import { NO_PARAMETERS, type AwsRow } from '../row.ts';
import { oneCallEach } from '../single.ts';

export const codePipeline: AwsRow = {
  kind: 'codepipeline',
  description: 'A pipeline of AWS CodePipeline: one execution a delivery.',
  docs: {
    title: 'CodePipeline',
    arnForm: 'arn:aws:codepipeline:<region>:<account>:<pipeline>',
    arnExample: 'arn:aws:codepipeline:us-east-1:000000000000:release',
    testedAgainst: "a local HTTP server: the request is checked against the API's published shape",
    notes:
      '`variables` and `sourceRevisions` of the payload are passed on; otherwise the event only starts the pipeline.',
  },
  parameters: NO_PARAMETERS,
  service: 'codepipeline',
  arnService: 'codepipeline',
  resource: /^(?<name>[A-Za-z0-9.@_-]{1,100})$/,
  maxBatch: 1,
  open: (opening) =>
    oneCallEach(opening, 'codepipeline', ({ payload, deliveryId }) => ({
      operation: 'StartPipelineExecution',
      input: {
        ...pick(membersOf(payload), ['variables', 'sourceRevisions']),
        name: opening.parts['name'],
        clientRequestToken: deliveryId,
      },
    })),
};
