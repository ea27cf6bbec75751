import { NO_PARAMETERS, type AwsRow } from '../row.ts';
import { oneCallEach } from '../single.ts';

export const glueWorkflow: AwsRow = {
  kind: 'glue-workflow',
  description: 'A workflow of AWS Glue: one run a delivery.',
  docs: {
    title: 'Glue workflow',
    arnForm: 'arn:aws:glue:<region>:<account>:workflow/<workflow>',
    arnExample: 'arn:aws:glue:us-east-1:000000000000:workflow/nightly',
    testedAgainst: 'moto 5.2.1: the runs that GetWorkflowRuns gives, with their properties',
    notes:
      "StartWorkflowRun is called, with the event's id in the run property `aws:eventIds`. A workflow whose first trigger is " +
      'of the type EVENT is notified by AWS alone, by a call that is not open to others: give it one of the type ON_DEMAND.',
  },
  parameters: NO_PARAMETERS,
  service: 'glue',
  arnService: 'glue',
  resource: /^workflow\/(?<name>[^:]{1,255})$/,
  maxBatch: 1,
  open: (opening) =>
    oneCallEach(opening, 'glue', ({ eventId }) => ({
      operation: 'StartWorkflowRun',
      input: { Name: opening.parts['name'], RunProperties: { 'aws:eventIds': `[${eventId}]` } },
    })),
};
