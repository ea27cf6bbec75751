import { NO_PARAMETERS, type AwsRow } from '../row.ts';
import { oneCallEach } from '../single.ts';

export const inspectorTemplate: AwsRow = {
  kind: 'inspector-template',
  description: 'An assessment template of Amazon Inspector Classic: one run a delivery.',
  docs: {
    title: 'Inspector assessment template',
    arnForm: 'arn:aws:inspector:<region>:<account>:target/<target>/template/<template>',
    arnExample: 'arn:aws:inspector:us-east-1:000000000000:target/0-abcdefgh/template/0-ijklmnop',
    testedAgainst: "a local HTTP server: the request is checked against the API's published shape",
    notes: 'The event only starts the run: the payload is not used.',
  },
  parameters: NO_PARAMETERS,
  service: 'inspector',
  arnService: 'inspector',
  resource: /^target\/[A-Za-z0-9-]+\/template\/[A-Za-z0-9-]+$/,
  maxBatch: 1,
  open: (opening) =>
    oneCallEach(opening, 'inspector', () => ({
      operation: 'StartAssessmentRun',
      input: { assessmentTemplateArn: opening.arn.text },
    })),
};
