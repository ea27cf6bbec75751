import { membersOf } from '../payload.ts';
import { NO_PARAMETERS, type AwsRow } from '../row.ts';
import { oneCallEach } from '../single.ts';

/** The members of a payload that a build may be started with. An event as it came has none of them. */
const TAKEN = /Override$|^(?:sourceVersion|debugSessionEnabled)$/;

export const codeBuildProject: AwsRow = {
  kind: 'codebuild-project',
  description: 'A project of AWS CodeBuild: one build a delivery.',
  docs: {
    title: 'CodeBuild project',
    arnForm: 'arn:aws:codebuild:<region>:<account>:project/<project>',
    arnExample: 'arn:aws:codebuild:us-east-1:000000000000:project/site',
    testedAgainst: 'moto 5.2.1: the builds that BatchGetBuilds gives',
    notes:
      'The members of the payload that StartBuild knows (`sourceVersion`, `environmentVariablesOverride` and the other ' +
      'overrides) are passed on. With `"buildType": "BATCH"` it is StartBuildBatch.',
  },
  parameters: NO_PARAMETERS,
  service: 'codebuild',
  arnService: 'codebuild',
  resource: /^project\/(?<name>[A-Za-z0-9][A-Za-z0-9_-]{1,254})$/,
  maxBatch: 1,
  open: (opening) =>
    oneCallEach(opening, 'codebuild', ({ payload, deliveryId }) => {
      const members = membersOf(payload);
      const taken = Object.fromEntries(Object.entries(members).filter(([name]) => TAKEN.test(name)));
      return {
        operation: members['buildType'] === 'BATCH' ? 'StartBuildBatch' : 'StartBuild',
        input: { ...taken, projectName: opening.parts['name'], idempotencyToken: deliveryId },
      };
    }),
};
