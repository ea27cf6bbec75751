import type { SendOutcome } from '../../../engine/ports/connector.ts';
import { domainOf } from '../apis.ts';
import { outcomeOfError, parseObject } from '../classify.ts';
import { membersOf } from '../payload.ts';
import { field, type AwsRow, type Opening } from '../row.ts';
import { oneRequestEach } from '../single.ts';

const BLOCK = 'AppSyncParameters';

export const appSyncApi: AwsRow = {
  kind: 'appsync-api',
  description: 'A GraphQL API of AWS AppSync: one operation a delivery, with the payload as its variables.',
  docs: {
    title: 'AppSync GraphQL API',
    arnForm: 'arn:aws:appsync:<region>:<account>:endpoints/graphql-api/<id>',
    arnExample: 'arn:aws:appsync:us-east-1:000000000000:endpoints/graphql-api/abcdefghijklmnopqrstuvwxyz',
    testedAgainst: 'graphql-core, a GraphQL server; the signature is checked by botocore',
    notes:
      "Requests are signed, for an API with IAM authorization. The entry's URL is that of the GraphQL endpoint without its last " +
      'part `/graphql`; `{apiId}` in it stands for the id of the ARN. An answer without data and with errors is a failure, and ' +
      'not sent again unless an error says that the service is busy.',
  },
  parameters: {
    block: BLOCK,
    fields: [
      field('GraphQLOperation', 'string', 'The mutation.', 'mutation Add($id: ID!) { add(id: $id) { id } }', {
        required: true,
      }),
    ],
  },
  service: 'appsync',
  arnService: 'appsync',
  resource: /^endpoints\/graphql-api\/(?<apiId>[a-z0-9-]{1,128})$/,
  maxBatch: 1,
  open: openApi,
};

function openApi(opening: Opening) {
  const { caller, purpose, parts, target } = opening;
  const { region } = purpose;
  const { GraphQLOperation: query } = (target[BLOCK] ?? {}) as { GraphQLOperation?: string };
  const host = `https://${parts['apiId']}.appsync-api.${domainOf(region)}`;
  return oneRequestEach(
    opening,
    ({ payload }) => {
      const base = caller.places.baseUrlOf('appsync', host, { apiId: parts['apiId']!, region });
      return {
        service: 'appsync',
        signingName: 'appsync',
        method: 'POST',
        url: base && `${base}/graphql`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: membersOf(payload) }),
        signed: true,
      };
    },
    { conclude },
  );
}

interface GraphQLError {
  readonly message?: string;
  readonly errorType?: string;
}

/** GraphQL answers 200 whatever became of the operation. */
function conclude(text: string): SendOutcome | undefined {
  const { data, errors } = parseObject(text) as { data?: object | null; errors?: readonly GraphQLError[] };
  const [first] = errors ?? [];
  const someData = Object.values(data ?? {}).some((value) => value !== null);
  if (!first || someData) return undefined;
  return outcomeOfError({ status: 400, code: first.errorType ?? '', message: first.message ?? '' });
}
