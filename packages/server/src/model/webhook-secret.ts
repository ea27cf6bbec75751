/** The name of an API key that is no key: requests are signed with its value instead (Standard Webhooks). */
const SIGNATURE_HEADER = 'webhook-signature';
const PREFIX = 'whsec_';
const MINIMUM_BYTES = 24;
const MAXIMUM_BYTES = 64;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Whether a connection's API key asks for signatures. */
export const isWebhookKey = (key: { readonly ApiKeyName: string; readonly ApiKeyValue: string }): boolean =>
  key.ApiKeyName.trim().toLowerCase() === SIGNATURE_HEADER && key.ApiKeyValue.trim().startsWith(PREFIX);

/** The secrets of `whsec_… whsec_…`, the newest first; undefined when one of them is none. */
export function webhookSecretsOf(value: string): readonly Buffer[] | undefined {
  const secrets = value
    .trim()
    .split(/\s+/)
    .map(
      (text) =>
        text.startsWith(PREFIX) && BASE64.test(text.slice(PREFIX.length)) && text.slice(PREFIX.length),
    );
  const bytes = secrets.map((text) => Buffer.from(text || '', 'base64'));
  const fit = bytes.every(({ length }) => length >= MINIMUM_BYTES && length <= MAXIMUM_BYTES);
  return fit ? bytes : undefined;
}
