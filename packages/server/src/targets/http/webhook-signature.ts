import { createHmac } from 'node:crypto';

const MS_PER_SECOND = 1_000;

/**
 * The headers of the Standard Webhooks scheme, version 1: an id that stays the same when a delivery is tried again, the
 * time of this attempt, and a signature over both and the body by each of the secrets.
 */
export function webhookHeaders(
  secrets: readonly Buffer[],
  id: string,
  now: number,
  body: string,
): Record<string, string> {
  const timestamp = String(Math.floor(now / MS_PER_SECOND));
  const signed = `${id}.${timestamp}.${body}`;
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', secret).update(signed, 'utf8').digest('base64')}`,
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
