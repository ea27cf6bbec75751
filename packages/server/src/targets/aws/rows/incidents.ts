import { limits } from '../../../model/limits.ts';
import { NO_PARAMETERS, type AwsRow } from '../row.ts';
import { oneCallEach } from '../single.ts';

const MS_PER_SECOND = 1_000;

export const responsePlan: AwsRow = {
  kind: 'response-plan',
  description: 'A response plan of AWS Systems Manager Incident Manager: one incident a delivery.',
  docs: {
    title: 'Incident Manager response plan',
    arnForm: 'arn:aws:ssm-incidents::<account>:response-plan/<plan>',
    arnExample: 'arn:aws:ssm-incidents::000000000000:response-plan/outage',
    testedAgainst: "a local HTTP server: the request is checked against the API's published shape",
    notes:
      "The incident's trigger tells the rule, the time of arrival and the payload (its first 10,000 characters). The region is " +
      "the rule's. The delivery's id is the client token.",
  },
  parameters: NO_PARAMETERS,
  service: 'ssm-incidents',
  arnService: 'ssm-incidents',
  resource: /^response-plan\/[a-zA-Z0-9_-]{1,200}$/,
  global: true,
  maxBatch: 1,
  open: (opening) =>
    oneCallEach(opening, 'ssm-incidents', ({ payload, ingestedAt, deliveryId }) => ({
      operation: 'StartIncident',
      input: {
        responsePlanArn: opening.arn.text,
        clientToken: deliveryId,
        triggerDetails: {
          source: 'aws.events',
          timestamp: ingestedAt / MS_PER_SECOND,
          triggerArn: opening.context.ruleArn,
          rawData: payload.slice(0, limits.incidentRawChars),
        },
      },
    })),
};
