/** A call of an AWS API, as schedules name it: `aws-sdk:<service>:<action>`. */
export interface UniversalCall {
  /** `sfn`: what AWS SDKs call the service, in small letters. */
  readonly service: string;
  /** `startExecution` */
  readonly action: string;
}

const RESOURCE = /^aws-sdk:([a-z0-9]{1,64}):([A-Za-z0-9]{1,128})$/;

/** The call that the resource part of an ARN names; undefined when it is none. */
export function parseUniversalCall(resource: string): UniversalCall | undefined {
  const [, service, action] = RESOURCE.exec(resource) ?? [];
  return service === undefined || action === undefined ? undefined : { service, action };
}

/** Actions that only read are no targets, whatever the service (scheduler §6.2). */
const READ_ONLY =
  /^(?:get|describe|list|poll|receive|search|scan|query|select|read|lookup|discover|validate|batchGet|batchDescribe|batchRead|transactGet|adminGet|adminList|testMigration|retrieve|testConnection|translateDocument|isAuthorized|isAuthorizedWithToken|invokeModel)(?![a-z])/;

export const isReadOnly = (action: string): boolean => READ_ONLY.test(action);
