import type { OperationModel, ServiceModel } from '../../model/service-model.ts';

const QUEUE_PATH = /^\/(?:\d{12}|queue\/[a-z0-9-]+\/\d{12})\/[^/]+\/?$/;

/** True for `/<account>/<queue>` and `/queue/<region>/<account>/<queue>`, the paths of queue URLs. */
export const isQueuePath = (path: string): boolean => QUEUE_PATH.test(path);

/** A form that was posted to a queue's own URL may leave the parameter `QueueUrl` out: it is put in here. */
export function fillQueueUrl(
  model: ServiceModel,
  operation: OperationModel,
  input: Record<string, unknown>,
  url: { readonly origin: string; readonly path: string },
): void {
  if (input['QueueUrl'] !== undefined || !isQueuePath(url.path)) return;
  const members = operation.input === undefined ? undefined : model.shapes[operation.input]?.members;
  if (members?.['QueueUrl'] !== undefined) input['QueueUrl'] = url.origin + url.path;
}
