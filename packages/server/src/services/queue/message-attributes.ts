import { limits } from '../../model/limits.ts';
import { invalidParameter, invalidMessageContents } from './errors.ts';
import { hasForbiddenCharacter } from './message-body.ts';

/** A message attribute as it is kept: `type` is the data type with its suffix, the value a text or base64. */
export type MessageAttribute =
  | { readonly type: string; readonly text: string; readonly base64?: undefined }
  | { readonly type: string; readonly base64: string; readonly text?: undefined };

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** What a message carries beside its body: the document that the store keeps with it. */
export interface MessageExtras {
  readonly attributes?: MessageAttributes | undefined;
  /** The system attribute `AWSTraceHeader`. */
  readonly traceHeader?: string | undefined;
  readonly groupId?: string | undefined;
  /** FIFO queues: the id that was given, or the body's SHA-256. */
  readonly deduplicationId?: string | undefined;
}

/** The API's structure. A blob travels as base64. */
export interface AttributeValue {
  readonly DataType?: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

const NAME = /^[A-Za-z0-9_.-]+$/;
const RESERVED = /^(aws|amazon)\./i;
const TYPE = /^(String|Number|Binary)(\..+)?$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Checks and takes over the attributes of a message to be sent; throws the service's errors. */
export function readMessageAttributes(
  given: Readonly<Record<string, AttributeValue>> | undefined,
): MessageAttributes | undefined {
  const names = Object.keys(given ?? {});
  if (!given || names.length === 0) return undefined;
  if (names.length > limits.queueMessageAttributes) {
    throw invalidParameter(
      `Number of message attributes [${names.length}] exceeds the allowed maximum [${limits.queueMessageAttributes}].`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, readAttribute(name, given[name] ?? {})]));
}

function readAttribute(name: string, value: AttributeValue): MessageAttribute {
  checkName(name);
  const type = value.DataType ?? '';
  if (type === '') {
    throw invalidParameter(`The message attribute '${name}' must contain non-empty message attribute type.`);
  }
  const base = TYPE.exec(type)?.[1];
  if (base === undefined || type.length > limits.queueMessageAttributeNameChars) {
    throw invalidParameter(
      `The message attribute '${name}' has an invalid message attribute type, ` +
        'the set of supported type prefixes is Binary, Number, and String.',
    );
  }
  if (base === 'Binary') {
    const bytes = Buffer.from(value.BinaryValue ?? '', 'base64');
    if (bytes.length === 0) throw emptyValue(name, type);
    return { type, base64: bytes.toString('base64') };
  }
  const text = value.StringValue;
  if (text === undefined || text === '') throw emptyValue(name, type);
  if (base === 'Number' && !NUMBER.test(text)) {
    throw invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
  if (hasForbiddenCharacter(text)) throw invalidMessageContents();
  return { type, text };
}

function checkName(name: string): void {
  if (name.length > limits.queueMessageAttributeNameChars || !NAME.test(name) || /^\.|\.$|\.\./.test(name)) {
    throw invalidParameter(
      `The message attribute name '${name}' is invalid. Attribute name can contain ` +
        'A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.) characters.',
    );
  }
  if (RESERVED.test(name)) {
    throw invalidParameter(
      `The message attribute name '${name}' is invalid. Attribute names must not start with AWS. or Amazon.`,
    );
  }
}

const emptyValue = (name: string, type: string): Error =>
  invalidParameter(
    `The message attribute '${name}' must contain non-empty message attribute value ` +
      `for message attribute type '${type}'.`,
  );

/** The trace header among the system attributes to be sent: the only one that a sender may give. */
export function readTraceHeader(
  given: Readonly<Record<string, AttributeValue>> | undefined,
): string | undefined {
  for (const [name, value] of Object.entries(given ?? {})) {
    if (name !== 'AWSTraceHeader') {
      throw invalidParameter(`Message system attribute name '${name}' is invalid.`);
    }
    if (value.DataType !== 'String') {
      throw invalidParameter(
        `The message system attribute '${name}' has an invalid message system attribute type, ` +
          'the set of supported type prefixes is String.',
      );
    }
    if (!value.StringValue) throw emptyValue(name, 'String');
    return value.StringValue;
  }
  return undefined;
}

/** How much the attributes add to a message's size: names, types and values, in bytes. */
export function attributesBytes(attributes: MessageAttributes | undefined): number {
  let bytes = 0;
  for (const [name, { type, text, base64 }] of Object.entries(attributes ?? {})) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(type);
    bytes += text === undefined ? Buffer.byteLength(base64, 'base64') : Buffer.byteLength(text);
  }
  return bytes;
}

/** The attributes that a receiver asked for: by name, `prefix.*`, `.*` or `All`. */
export function selectAttributes(
  attributes: MessageAttributes | undefined,
  asked: readonly string[],
): MessageAttributes {
  if (!attributes || asked.length === 0) return {};
  const wanted = (name: string): boolean =>
    asked.some((ask) => {
      if (ask === 'All' || ask === '.*') return true;
      if (ask.endsWith('.*')) return name.startsWith(ask.slice(0, -2));
      return ask === name;
    });
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => wanted(name)));
}

/** The API's structures of kept attributes. */
export function showAttributes(attributes: MessageAttributes): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { type, text, base64 }]) => [
      name,
      text === undefined ? { BinaryValue: base64, DataType: type } : { StringValue: text, DataType: type },
    ]),
  );
}
