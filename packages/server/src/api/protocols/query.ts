import type { ServiceModel } from '../../model/service-model.ts';
import { shapeOf } from '../../model/service-model.ts';
import { queryCodeOf } from './json.ts';
import type { Answer, Protocol } from './protocol.ts';
import { element, escapeXml, structureXml } from './xml.ts';

const CONTENT_TYPE = 'text/xml';

/** The query protocol's answers: XML, driven by the model. */
export function queryProtocol(model: ServiceModel): Protocol {
  const namespace = model.xmlNamespace === undefined ? '' : ` xmlns="${model.xmlNamespace}"`;
  return {
    name: 'query',
    success(operation, output, requestId): Answer {
      const outputShape = model.operations[operation]?.output;
      const result =
        outputShape === undefined
          ? ''
          : element(`${operation}Result`, structureXml(model, shapeOf(model, outputShape), output ?? {}));
      const metadata = element('ResponseMetadata', element('RequestId', requestId));
      const body = `<${operation}Response${namespace}>${result}${metadata}</${operation}Response>`;
      return { status: 200, contentType: CONTENT_TYPE, body };
    },
    failure(error, requestId): Answer {
      const fields =
        element('Type', error.fault) +
        element('Code', escapeXml(queryCodeOf(model, error))) +
        element('Message', escapeXml(error.queryMessage ?? error.message));
      const content = element('Error', fields) + element('RequestId', requestId);
      const body = `<ErrorResponse${namespace}>${content}</ErrorResponse>`;
      return { status: error.status, contentType: CONTENT_TYPE, body };
    },
  };
}
