import { oneCallEach } from '../single.ts';
import { NO_PARAMETERS, type AwsRow } from '../row.ts';

export const stateMachine: AwsRow = {
  kind: 'state-machine',
  description: 'A state machine of AWS Step Functions: one execution a delivery, not waited for.',
  docs: {
    title: 'Step Functions state machine',
    arnForm: 'arn:aws:states:<region>:<account>:stateMachine:<name>',
    arnExample: 'arn:aws:states:us-east-1:000000000000:stateMachine:refund',
    testedAgainst: 'moto 5.2.1: the input that DescribeExecution gives',
    notes:
      "`StartExecution` gets the payload as the input. The execution's name is made of the event's and the delivery's id, so " +
      'that a repeated attempt starts no second one.',
  },
  parameters: NO_PARAMETERS,
  service: 'states',
  arnService: 'states',
  resource: /^stateMachine:[^\s:]{1,80}(?::[^\s:]{1,80})?$/,
  maxBatch: 1,
  open: (opening) =>
    oneCallEach(
      opening,
      'states',
      ({ eventId, deliveryId, payload, traceHeader }) => ({
        operation: 'StartExecution',
        input: {
          stateMachineArn: opening.arn.text,
          name: `${eventId}_${deliveryId}`,
          input: payload,
          ...(traceHeader === undefined ? {} : { traceHeader }),
        },
      }),
      { doneBefore: ['ExecutionAlreadyExists'] },
    ),
};
