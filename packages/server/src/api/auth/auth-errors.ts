import { ApiError } from '../../model/errors.ts';

const refused = (code: string, queryCode: string, message: string): ApiError =>
  new ApiError(code, message, { queryCode });

const invalidSignature = (message: string): ApiError =>
  refused('InvalidSignatureException', 'SignatureDoesNotMatch', message);

/** Every way to be turned away, in the service's words (events-api §1.1). None of them tells a secret. */
export const authErrors = {
  missing: () =>
    refused(
      'MissingAuthenticationTokenException',
      'MissingAuthenticationToken',
      'Missing Authentication Token',
    ),
  incomplete: (lacks: readonly string[]) =>
    refused('IncompleteSignatureException', 'IncompleteSignature', lacks.join(' ')),
  unknownKey: () =>
    refused(
      'UnrecognizedClientException',
      'InvalidClientTokenId',
      'The security token included in the request is invalid.',
    ),
  expiredToken: () =>
    refused('ExpiredTokenException', 'ExpiredToken', 'The security token included in the request is expired'),
  mismatch: () =>
    invalidSignature(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access ' +
        'Key and signing method. Consult the service documentation for details.',
    ),
  unsignedHeader: (name: string) =>
    invalidSignature(
      name === 'host'
        ? "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
        : `'${name}' must be a 'SignedHeader' in the AWS Authorization.`,
    ),
  expired: (signed: string, earliest: string, now: string, minutes: number) =>
    invalidSignature(
      `Signature expired: ${signed} is now earlier than ${earliest} (${now} - ${minutes} min.)`,
    ),
  presignedExpired: () =>
    invalidSignature('Signature expired: the presigned request is past its X-Amz-Expires.'),
  notYet: (signed: string, latest: string, now: string, minutes: number) =>
    invalidSignature(
      `Signature not yet current: ${signed} is still later than ${latest} (${now} + ${minutes} min.)`,
    ),
  region: () => invalidSignature('Credential should be scoped to a valid region.'),
  service: (wanted: string) =>
    invalidSignature(`Credential should be scoped to correct service: '${wanted}'.`),
  terminator: () => invalidSignature("Credential should be scoped with a valid terminator: 'aws4_request'."),
  date: () =>
    invalidSignature(
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.',
    ),
  streaming: () =>
    invalidSignature(
      'Streaming payload signatures (STREAMING-…) are not supported: sign the payload as a whole.',
    ),
  asymmetric: () =>
    invalidSignature('Signatures of AWS Signature Version 4A are not supported: sign with AWS4-HMAC-SHA256.'),
} as const;
