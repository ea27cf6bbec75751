import type { OutgoingDelivery } from '../../../engine/ports/connector.ts';
import { domainOf } from '../apis.ts';
import {
  fillPath,
  HTTP_BLOCK,
  httpFields,
  httpParametersOf,
  prepareParameters,
  queryText,
  resolveNamed,
} from '../../http/http-parameters.ts';
import { reject, type AwsRow, type Opening } from '../row.ts';
import { oneRequestEach } from '../single.ts';

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
  parameters: { block: HTTP_BLOCK, fields: httpFields() },
  service: 'execute-api',
  arnService: 'execute-api',
  resource: RESOURCE,
  check(_arn, target) {
    const headers = Object.keys(httpParametersOf(target).HeaderParameters ?? {});
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
  const prepared = prepareParameters(httpParametersOf(target));
  const { apiId = '', stage, path = '/', method: given = '*' } = parts;
  const method = given === '*' ? 'POST' : given;
  const ofAws = `https://${apiId}.execute-api.${domainOf(region)}`;
  return oneRequestEach(opening, (delivery) => {
    const { event, payload } = delivery;
    const filled = fillPath(path, prepared.path, event, '');
    if (filled.refused !== undefined) return reject(filled.refused);
    const named = resolveNamed(prepared.headers, event, 'header');
    if (named.refused !== undefined) return reject(named.refused);
    const query = resolveNamed(prepared.query, event, 'query parameter');
    if (query.refused !== undefined) return reject(query.refused);
    const headers = headersOf(delivery, named.value, context);
    if (!headers) return reject('A header has a character that HTTP does not allow.');
    const base = caller.places.baseUrlOf('execute-api', ofAws, { apiId, region });
    const end = filled.value.endsWith('/') ? '' : '/';
    const asked = query.value.length > 0 ? `?${queryText(query.value)}` : '';
    return {
      service: 'execute-api',
      signingName: 'execute-api',
      method,
      url: base && `${base}/${stage}${filled.value}${end}${asked}`,
      headers,
      body: method === 'GET' || method === 'HEAD' ? '' : payload,
      signed: target.RoleArn !== undefined,
    };
  });
}

/** Undefined when a value that came with the event would break the request. */
function headersOf(
  { traceHeader }: OutgoingDelivery,
  named: readonly (readonly [name: string, value: string])[],
  { ruleArn, account }: Opening['context'],
): Record<string, string> | undefined {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-amz-source-arn': ruleArn,
    'x-amz-source-account': account,
    ...(traceHeader === undefined ? {} : { 'x-amzn-trace-id': traceHeader }),
  };
  for (const [name, value] of named) {
    // Beyond ASCII it is not agreed what a header means, and a line end would begin another one.
    if (!/^[\t\x20-\x7e]*$/.test(value)) return undefined;
    headers[name.toLowerCase()] = value;
  }
  return headers;
}
