/** A place in a trace, as X-Ray's header and the W3C's `traceparent` both name it. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly parentId: string;
  /** Undefined when nobody has decided yet. */
  readonly sampled: boolean | undefined;
}

const ROOT = /(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})(?=\s*(?:;|$))/i;
const PARENT = /(?:^|;)\s*Parent=([0-9a-f]{16})(?=\s*(?:;|$))/i;
const SAMPLED = /(?:^|;)\s*Sampled=([01])(?=\s*(?:;|$))/i;
/** Version 00; later versions may add fields behind these. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const NOTHING = /^0+$/;
const SAMPLED_FLAG = 1;

/** Reads `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`; undefined without root or parent. */
export function readXrayHeader(header: string): TraceContext | undefined {
  const root = ROOT.exec(header);
  const parent = PARENT.exec(header)?.[1];
  if (!root || parent === undefined) return undefined;
  const sampled = SAMPLED.exec(header)?.[1];
  return {
    traceId: `${root[1]}${root[2]}`.toLowerCase(),
    parentId: parent.toLowerCase(),
    sampled: sampled === undefined ? undefined : sampled === '1',
  };
}

export function xrayHeader({ traceId, parentId, sampled }: TraceContext): string {
  const decision = sampled === undefined ? '' : `;Sampled=${sampled ? 1 : 0}`;
  return `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${parentId}${decision}`;
}

/** Reads `00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01`; undefined for what is none. */
export function readTraceparent(header: string): TraceContext | undefined {
  const [, version, traceId, parentId, flags] = TRACEPARENT.exec(header.trim()) ?? [];
  if (traceId === undefined || parentId === undefined || NOTHING.test(traceId) || NOTHING.test(parentId)) {
    return undefined;
  }
  if (version === '00' && header.trim().length !== TRACEPARENT_CHARS) return undefined;
  return { traceId, parentId, sampled: (Number.parseInt(flags!, 16) & SAMPLED_FLAG) === SAMPLED_FLAG };
}

const TRACEPARENT_CHARS = 55;

export function traceparent({ traceId, parentId, sampled }: TraceContext): string {
  return `00-${traceId}-${parentId}-${sampled ? '01' : '00'}`;
}

/** The `traceparent` that says what an X-Ray header says; undefined when that names no place in a trace. */
export function traceparentOf(xray: string | undefined): string | undefined {
  const context = xray === undefined ? undefined : readXrayHeader(xray);
  return context && traceparent(context);
}
