import { validationError } from '../../../model/errors.ts';

/**
 * The model takes any text of the characters that a URL may have. By plain HTTP only addresses are reached that the
 * configuration allows, which shows when connecting.
 */
export function checkEndpoint(parameter: string, endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || !/^https?:\/\//i.test(endpoint)) {
    throw validationError(`Parameter ${parameter} is not valid. Reason: It must be an HTTPS URL.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw validationError(`Parameter ${parameter} is not valid. Reason: A URL must not hold credentials.`);
  }
  if (url.hostname.includes('*')) {
    throw validationError(`Parameter ${parameter} is not valid. Reason: Only the path may hold wildcards.`);
  }
}
