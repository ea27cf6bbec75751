import { limits } from '../../../model/limits.ts';
import { isShaped, membersOf, objectIn, type Members } from '../payload.ts';
import { NO_PARAMETERS, reject, type AwsRow } from '../row.ts';
import { oneCallEach } from '../single.ts';

export const ssmOpsItem: AwsRow = {
  kind: 'ssm-ops-item',
  description: 'AWS Systems Manager OpsCenter: one operational item a delivery.',
  docs: {
    title: 'SSM OpsItem',
    arnForm: 'arn:aws:ssm:<region>:<account>:opsitem',
    arnExample: 'arn:aws:ssm:us-east-1:000000000000:opsitem',
    testedAgainst: "a local HTTP server: the request is checked against the API's published shape",
    notes:
      'Title, description, source and resources are those of the event: its detail type, its JSON, its source, its resources. An ' +
      'input transformer may set `title`, `description`, `source`, `category`, `severity`, `priority`, `resources` and ' +
      '`operationalData` (`{"key": {"value": "…", "type": "SearchableString"}}`). An item under the same `/aws/dedup` text ' +
      'that is open already counts as delivered.',
  },
  parameters: NO_PARAMETERS,
  service: 'ssm',
  arnService: 'ssm',
  resource: /^opsitem$/,
  claims: (arn) => arn.resource.startsWith('opsitem'),
  maxBatch: 1,
  open: (opening) =>
    oneCallEach(
      opening,
      'ssm',
      ({ event, payload }) => {
        const input = itemOf(membersOf(event), isShaped(opening.target) ? membersOf(payload) : {}, event);
        return input ? { operation: 'CreateOpsItem', input } : reject('The priority is not a whole number.');
      },
      { doneBefore: ['OpsItemAlreadyExistsException'] },
    ),
};

function itemOf(event: Members, given: Members, eventText: string): Members | undefined {
  const priority = given['priority'] === undefined ? undefined : Number(given['priority']);
  if (priority !== undefined && !Number.isInteger(priority)) return undefined;
  const data = operationalData(given, given['resources'] ?? event['resources']);
  return {
    Title: textOf(given['title'] ?? event['detail-type'], limits.opsItemTitleChars),
    Description: textOf(given['description'] ?? eventText, limits.opsItemDescriptionChars),
    Source: textOf(given['source'] ?? event['source'], limits.opsItemSourceChars),
    ...(given['category'] === undefined
      ? {}
      : { Category: textOf(given['category'], limits.opsItemLabelChars) }),
    ...(given['severity'] === undefined
      ? {}
      : { Severity: textOf(given['severity'], limits.opsItemLabelChars) }),
    ...(priority === undefined ? {} : { Priority: priority }),
    ...(Object.keys(data).length > 0 ? { OperationalData: data } : {}),
  };
}

const textOf = (value: unknown, chars: number): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, chars);

function operationalData(given: Members, resources: unknown): Members {
  const data: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(objectIn(given, 'operationalData') ?? {})) {
    const { type, value: text } = (
      typeof value === 'object' && value !== null ? value : { value }
    ) as Members;
    data[key] = {
      Value: typeof text === 'string' ? text : JSON.stringify(text),
      Type: type === 'String' ? 'String' : 'SearchableString',
    };
  }
  const arns = (Array.isArray(resources) ? resources : []).filter((arn) => typeof arn === 'string');
  if (arns.length > 0) {
    const Value = JSON.stringify(arns.map((arn) => ({ arn })));
    data['/aws/resources'] = { Value, Type: 'SearchableString' };
  }
  return data;
}
