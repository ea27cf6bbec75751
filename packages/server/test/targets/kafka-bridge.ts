// Between the connector's client and librdkafka's mock cluster. The client asks in versions of two requests that Debian's
// librdkafka does not know yet (ApiVersions 3, Metadata 9): those are answered, or asked in an older version. What matters
// passes untouched: the records that are produced, and the cluster's answers to them. Signing in, which the mock cluster
// does not know at all, is answered here as well.
import type { Socket } from 'node:net';
import type { Wiring } from './tcp-proxy.ts';

const PRODUCE = 0;
const METADATA = 3;
const SASL_HANDSHAKE = 17;
const API_VERSIONS = 18;
const SASL_AUTHENTICATE = 36;

/** What the bridge says it speaks: one version each. */
const VERSIONS: readonly (readonly [api: number, version: number])[] = [
  [PRODUCE, 7],
  [METADATA, 9],
  [SASL_HANDSHAKE, 1],
  [API_VERSIONS, 3],
  [SASL_AUTHENTICATE, 2],
];
const OLD_METADATA = 2;
const SASL_AUTHENTICATION_FAILED = 58;

export interface KafkaBridge {
  /** The port of the bridge, once it is known. */
  readonly port: () => number;
  /** The password that signs in. */
  readonly password: string;
  /** Called before a request to produce is passed on, with its size. */
  readonly onProduce: (bytes: number) => Promise<void>;
}

class Reader {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  #take(size: number): Buffer {
    this.at += size;
    return this.#bytes.subarray(this.at - size, this.at);
  }

  int8 = (): number => this.#take(1).readInt8();
  int16 = (): number => this.#take(2).readInt16BE();
  int32 = (): number => this.#take(4).readInt32BE();

  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#take(1).readUInt8();
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  }

  text(): string | undefined {
    const size = this.int16();
    return size < 0 ? undefined : this.#take(size).toString();
  }

  compactBytes = (): Buffer => this.#take(Math.max(this.varint() - 1, 0));
  array = <T>(read: () => T): T[] => Array.from({ length: this.int32() }, read);
  compactArray = <T>(read: () => T): T[] => Array.from({ length: Math.max(this.varint() - 1, 0) }, read);
}

const int8 = (value: number): Buffer => Buffer.from([value]);

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

const text = (value: string): Buffer => Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
const NO_TAGS = varint(0);

const compactText = (value: string | undefined): Buffer =>
  value === undefined ? varint(0) : Buffer.concat([varint(Buffer.byteLength(value) + 1), Buffer.from(value)]);

const compactArray = (items: readonly Buffer[]): Buffer =>
  Buffer.concat([varint(items.length + 1), ...items]);

const frame = (...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([int32(body.length), body]);
};

/** Calls back with every whole frame, without its length. */
function onFrames(socket: Socket, callback: (bytes: Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 4 && pending.length - 4 >= pending.readInt32BE()) {
      const end = 4 + pending.readInt32BE();
      callback(pending.subarray(4, end));
      pending = pending.subarray(end);
    }
  });
}

const versionsAnswer = (correlation: number): Buffer =>
  frame(
    int32(correlation),
    int16(0),
    compactArray(
      VERSIONS.map(([api, version]) => Buffer.concat([int16(api), int16(version), int16(version), NO_TAGS])),
    ),
    int32(0),
    NO_TAGS,
  );

function oldMetadataRequest(correlation: number, reader: Reader): Buffer {
  reader.text();
  reader.varint();
  const topics = reader.compactArray(() => {
    const name = reader.compactBytes().toString();
    reader.varint();
    return text(name);
  });
  return frame(
    int16(METADATA),
    int16(OLD_METADATA),
    int32(correlation),
    text('bridge'),
    int32(topics.length),
    ...topics,
  );
}

function newMetadataAnswer(correlation: number, reader: Reader, port: number): Buffer {
  const integers = (): Buffer => compactArray(reader.array(() => int32(reader.int32())));
  const brokers = reader.array(() => {
    const node = reader.int32();
    const host = reader.text();
    reader.int32();
    return Buffer.concat([int32(node), compactText(host), int32(port), compactText(reader.text()), NO_TAGS]);
  });
  const cluster = compactText(reader.text());
  const controller = int32(reader.int32());
  const topics = reader.array(() => {
    const head = [int16(reader.int16()), compactText(reader.text()), int8(reader.int8())];
    const partitions = reader.array(() => {
      const [code, index, leader] = [int16(reader.int16()), int32(reader.int32()), int32(reader.int32())];
      const [replicas, inSync] = [integers(), integers()];
      return Buffer.concat([code, index, leader, int32(0), replicas, inSync, compactArray([]), NO_TAGS]);
    });
    return Buffer.concat([...head, compactArray(partitions), int32(0), NO_TAGS]);
  });
  const head = [int32(correlation), NO_TAGS, int32(0)];
  return frame(...head, compactArray(brokers), cluster, controller, compactArray(topics), int32(0), NO_TAGS);
}

const handshakeAnswer = (correlation: number): Buffer =>
  frame(int32(correlation), int16(0), int32(1), text('PLAIN'));

function signIn(client: Socket, correlation: number, reader: Reader, password: string): void {
  reader.text();
  reader.varint();
  const [, , given] = reader.compactBytes().toString().split('\0');
  const isRight = given === password;
  // What a server says of it names the password, so that a test can see that nobody repeats it.
  const complaint = isRight ? undefined : `${given} is not the password`;
  const code = int16(isRight ? 0 : SASL_AUTHENTICATION_FAILED);
  const answer = [int32(correlation), NO_TAGS, code, compactText(complaint), varint(1), Buffer.alloc(8)];
  client.write(frame(...answer, NO_TAGS));
  // Servers hang up on those who do not know the password, and not always gently.
  if (!isRight) setImmediate(() => client.resetAndDestroy());
}

export function kafkaWiring({ port, password, onProduce }: KafkaBridge): Wiring {
  return (client, upstream) => {
    const metadata = new Set<number>();
    let passing = Promise.resolve();
    const pass = async (bytes: Buffer): Promise<void> => {
      const reader = new Reader(bytes);
      const [api, , correlation] = [reader.int16(), reader.int16(), reader.int32()];
      if (api === API_VERSIONS) client.write(versionsAnswer(correlation));
      else if (api === SASL_HANDSHAKE) client.write(handshakeAnswer(correlation));
      else if (api === SASL_AUTHENTICATE) signIn(client, correlation, reader, password);
      else if (api === METADATA) {
        metadata.add(correlation);
        upstream.write(oldMetadataRequest(correlation, reader));
      } else {
        if (api === PRODUCE) await onProduce(bytes.length);
        upstream.write(frame(bytes));
      }
    };
    onFrames(client, (bytes) => void (passing = passing.then(() => pass(bytes))));
    onFrames(upstream, (bytes) => {
      const reader = new Reader(bytes);
      const correlation = reader.int32();
      client.write(
        metadata.delete(correlation) ? newMetadataAnswer(correlation, reader, port()) : frame(bytes),
      );
    });
  };
}
