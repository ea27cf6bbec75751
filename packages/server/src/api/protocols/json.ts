import { isUtf8 } from 'node:buffer';
import type { ApiError } from '../../model/errors.ts';
import type { ServiceModel } from '../../model/service-model.ts';
import { serializationError } from '../validation/report.ts';
import type { Answer, Protocol } from './protocol.ts';

/** Reads a JSON body; an empty one counts as `{}`. Throws `SerializationException` for anything but one object. */
export function parseJsonInput(body: Buffer): object {
  if (body.length === 0) return {};
  if (!isUtf8(body)) throw serializationError('The request body is not valid UTF-8.');
  let input: unknown;
  try {
    input = JSON.parse(body.toString('utf8'));
  } catch {
    // The parser's own message quotes the body, which may hold secrets.
    throw serializationError('The request body is not valid JSON.');
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw serializationError('The request body must be a JSON object.');
  }
  return input;
}

/** AWS JSON 1.0 and 1.1. */
export function jsonProtocol(model: ServiceModel): Protocol {
  const contentType = `application/x-amz-json-${model.jsonVersion ?? '1.1'}`;
  const namespace = model.errorNamespace === undefined ? '' : `${model.errorNamespace}#`;
  return {
    name: 'json',
    success(operation, output): Answer {
      const hasOutput = model.operations[operation]?.output !== undefined;
      const body = output === undefined ? (hasOutput ? '{}' : '') : JSON.stringify(output);
      return { status: 200, contentType, body };
    },
    failure(error): Answer {
      const headers = ['x-amzn-ErrorType', error.code];
      if (model.queryErrorCodes) {
        headers.push('x-amzn-query-error', `${queryCodeOf(model, error)};${error.fault}`);
      }
      const body = JSON.stringify({ __type: `${namespace}${error.code}`, message: error.message });
      return { status: error.status, contentType, body, headers };
    },
  };
}

/** What clients of the query protocol call an error. */
export function queryCodeOf(model: ServiceModel, error: ApiError): string {
  return error.queryCode ?? model.queryErrorCodes?.[error.code] ?? error.code;
}
