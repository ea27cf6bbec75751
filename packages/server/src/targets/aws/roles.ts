import type { Clock } from '../../engine/ports/clock.ts';
import type { HttpClient } from '../../engine/ports/http-client.ts';
import { limits } from '../../model/limits.ts';
import type { ServiceSettings } from '../../model/service-settings.ts';
import type { Credentials } from '../../model/signature/sign-request.ts';
import { awsApis, awsEndpoint } from './apis.ts';
import { encodeRequest } from './encode.ts';
import { exchange, failed, type AwsResult } from './exchange.ts';
import { isReal } from './places.ts';
import { textOf } from './xml.ts';

/** Who wants to be whom. */
export interface RoleRequest {
  readonly roleArn: string;
  readonly region: string;
  /** The service's entry: STS is where the service is. */
  readonly settings: ServiceSettings;
  /** Whose credentials may assume the role. */
  readonly key: Credentials;
}

export interface RoleSource {
  /** The credentials of a role, or why they cannot be had. */
  assume(request: RoleRequest, signal: AbortSignal): Promise<{ readonly key: Credentials } | AwsResult>;
  /** Has every role assumed anew. */
  forget(): void;
}

interface Assumed {
  readonly key: Credentials;
  readonly until: number;
}

/** Roles are assumed once for all sends, and again shortly before their credentials expire. */
export function createRoleSource(http: HttpClient, clock: Clock): RoleSource {
  const known = new Map<string, Assumed>();
  return {
    async assume(request, signal) {
      const name = `${request.settings.url} ${request.region} ${request.key.accessKeyId} ${request.roleArn}`;
      const present = known.get(name);
      if (present && clock.now() < present.until) return present;
      const result = await callSts(http, request, clock.now(), signal);
      if (result.status === 'failed') return asRoleFailure(result);
      const assumed = readCredentials(result.text);
      if (!assumed) return failed(UNREADABLE);
      if (known.size >= limits.awsAssumedRoles) known.clear();
      known.set(name, assumed);
      return assumed;
    },
    forget: () => known.clear(),
  };
}

function callSts(
  http: HttpClient,
  { roleArn, region, settings, key }: RoleRequest,
  now: number,
  signal: AbortSignal,
): Promise<AwsResult> {
  const api = awsApis['sts']!;
  const operation = 'AssumeRole';
  const input = { RoleArn: roleArn, RoleSessionName: 'busbar' };
  const url = new URL(isReal(settings) ? awsEndpoint(api, region) : settings.url);
  const encoded = encodeRequest(api.protocol, operation, input)!;
  const { signingName } = api;
  return exchange(http, { ...encoded, signingName, region, url, operation }, key, now, signal);
}

const UNREADABLE = {
  status: 'retry',
  code: 'TRANSIENT_ASSUME_ROLE',
  reason: 'STS answered no credentials.',
} as const;

/** A role that cannot be assumed for now is tried again; one that must not be is not. */
function asRoleFailure(result: AwsResult & { readonly status: 'failed' }): AwsResult {
  const { outcome } = result;
  const code = outcome.status === 'retry' ? 'TRANSIENT_ASSUME_ROLE' : 'FAILED_TO_ASSUME_ROLE';
  return { ...result, outcome: { ...outcome, code } };
}

function readCredentials(xml: string): Assumed | undefined {
  const [accessKeyId, secretAccessKey, sessionToken] = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].map(
    (name) => textOf(xml, name),
  );
  const expiration = Date.parse(textOf(xml, 'Expiration'));
  if (!accessKeyId || !secretAccessKey || Number.isNaN(expiration)) return undefined;
  return {
    key: { accessKeyId, secretAccessKey, sessionToken },
    until: expiration - limits.awsCredentialsMarginMs,
  };
}
