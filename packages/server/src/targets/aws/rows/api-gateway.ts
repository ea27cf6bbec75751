import type { OutgoingDelivery } from '../../../engine/ports/connector.ts';
import { domainOf } from '../apis.ts';
import { dynamicBlock } from '../dynamic-block.ts';
import { field, noValueAt, reject, type AwsRow, type Opening } from '../row.ts';
import { oneRequestEach } from '../single.ts';

const BLOCK = 'HttpParameters';

interface HttpParameters {
  readonly PathParameterValues?: readonly string[];
  readonly HeaderParameters?: Readonly<Record<string, string>>;
  readonly QueryStringParameters?: Readonly<Record<string, string>>;
}

/** Headers that are not a target's to set (rules-targets-delivery §6). */
const RESERVED =
  /^(?:x-amz.*|authorization|connection|content-encoding|content-length|host|max-forwards|te|transfer-encoding|trailer|upgrade|via|www-authenticate|x-forwarded-for)$/i;

const RESOURCE =
  /^(?<apiId>[a-z0-9-]{1,63})\/(?<stage>[A-Za-z0-9_*-]{1,128})\/(?<method>[A-Z]+|\*)(?<path>\/[^\s?#]*)?$/;

export const apiGatewayStage: AwsRow = {
  kind: 'api-gateway',
  description: 'A REST API of Amazon API Gateway: one HTTP request a delivery.',
  docs: {
    title: 'API Gateway REST API',
    arnForm: 'arn:aws:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>',
    arnExample: 'arn:aws:execute-api:us-east-1:000000000000:abcde12345/prod/POST/orders/*',
    testedAgainst: 'a local HTTP server; the signature is checked by botocore',
    notes:
      'Requests are signed when the target has a `RoleArn`. They carry `X-Amz-Source-Arn` and `X-Amz-Source-Account`, and their ' +
      "path ends with a slash, as the service's own do. An entry's URL stands for the API: stage and path are put behind it, and " +
      '`{apiId}` in it stands for the id of the ARN. A method `*` is a POST.',
  },
  parameters: {
    block: BLOCK,
    fields: [
      field('PathParameterValues', 'list', 'What the `*` of the path stand for, from left to right.', [
        '$.detail.orderId',
      ]),
      field('HeaderParameters', 'map', 'Headers to add.', { 'X-Shop': 'berlin' }),
      field('QueryStringParameters', 'map', 'Query parameters to add.', { source: '$.source' }),
    ],
  },
  service: 'execute-api',
  arnService: 'execute-api',
  resource: RESOURCE,
  check(_arn, target) {
    const headers = Object.keys((target[BLOCK] as HttpParameters | undefined)?.HeaderParameters ?? {});
    const reserved = headers.find((name) => RESERVED.test(name));
    return (
      reserved &&
      `Parameter HeaderParameters is not valid for target ${target.Id}. Reason: ${reserved} is reserved.`
    );
  },
  maxBatch: 1,
  open: openApi,
};

function openApi(opening: Opening) {
  const { caller, purpose, parts, target, context } = opening;
  const { region } = purpose;
  const resolve = dynamicBlock((target[BLOCK] ?? {}) as HttpParameters);
  const { apiId = '', method: given = '*' } = parts;
  const method = given === '*' ? 'POST' : given;
  const ofAws = `https://${apiId}.execute-api.${domainOf(region)}`;
  return oneRequestEach(opening, (delivery) => {
    const { block, missing } = resolve(delivery.event);
    if (!block) return noValueAt(BLOCK, missing);
    const base = caller.places.baseUrlOf('execute-api', ofAws, { apiId, region });
    const headers = headersOf(delivery, block, context);
    if (!headers) return reject('A header has a character that HTTP does not allow.');
    if (block.PathParameterValues?.some((value) => value === '.' || value === '..')) return DOT_SEGMENT;
    return {
      service: 'execute-api',
      signingName: 'execute-api',
      method,
      url: base && base + pathOf(parts, block) + queryOf(block),
      headers,
      body: method === 'GET' || method === 'HEAD' ? '' : delivery.payload,
      signed: target.RoleArn !== undefined,
    };
  });
}

const DOT_SEGMENT = reject('A path parameter is a dot segment, which would leave its place.');

/** Half a character, which JSON can hold, has no escape. */
const escaped = (text: string): string => encodeURIComponent(text.toWellFormed());

function pathOf(
  { stage, path = '/' }: Opening['parts'],
  { PathParameterValues = [] }: HttpParameters,
): string {
  const values = PathParameterValues.values();
  const filled = path.replace(/\*/g, () => escaped(values.next().value ?? ''));
  return `/${stage}${filled}${filled.endsWith('/') ? '' : '/'}`;
}

function queryOf({ QueryStringParameters = {} }: HttpParameters): string {
  const pairs = Object.entries(QueryStringParameters).map(
    ([name, value]) => `${escaped(name)}=${escaped(value)}`,
  );
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

/** Undefined when a value that came with the event would break the request. */
function headersOf(
  { traceHeader }: OutgoingDelivery,
  { HeaderParameters = {} }: HttpParameters,
  { ruleArn, account }: Opening['context'],
): Record<string, string> | undefined {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-amz-source-arn': ruleArn,
    'x-amz-source-account': account,
    ...(traceHeader === undefined ? {} : { 'x-amzn-trace-id': traceHeader }),
  };
  for (const [name, value] of Object.entries(HeaderParameters)) {
    // Beyond ASCII it is not agreed what a header means, and a line end would begin another one.
    if (!/^[\t\x20-\x7e]*$/.test(value)) return undefined;
    headers[name.toLowerCase()] = value;
  }
  return headers;
}
