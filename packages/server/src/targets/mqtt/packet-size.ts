import type { IClientPublishOptions } from 'mqtt';

/*
 * MQTT 5 §2 and §3.3: a PUBLISH packet. A broker drops the whole connection for a packet that is larger than it takes, so
 * the size has to be known before.
 */

const LENGTH_BYTES = 2;
const FOUR_BYTE_PROPERTY = 5;
const ONE_BYTE_PROPERTY = 2;
const BITS_PER_LENGTH_BYTE = 7;

/** How many bytes a length takes in front of what it measures. */
function variableLength(value: number): number {
  let bytes = 1;
  for (let rest = value >> BITS_PER_LENGTH_BYTE; rest > 0; rest >>= BITS_PER_LENGTH_BYTE) bytes++;
  return bytes;
}

const textBytes = (text: string): number => LENGTH_BYTES + Buffer.byteLength(text);

export function packetBytes(
  topic: string,
  body: Buffer,
  { qos, properties = {} }: IClientPublishOptions,
): number {
  const { contentType, payloadFormatIndicator, messageExpiryInterval, userProperties = {} } = properties;
  let propertyBytes = 0;
  if (contentType !== undefined) propertyBytes += 1 + textBytes(contentType);
  if (payloadFormatIndicator !== undefined) propertyBytes += ONE_BYTE_PROPERTY;
  if (messageExpiryInterval !== undefined) propertyBytes += FOUR_BYTE_PROPERTY;
  for (const [name, value] of Object.entries(userProperties)) {
    propertyBytes += 1 + textBytes(name) + textBytes(String(value));
  }
  const rest =
    textBytes(topic) + (qos ? LENGTH_BYTES : 0) + variableLength(propertyBytes) + propertyBytes + body.length;
  return 1 + variableLength(rest) + rest;
}
