// The thread in which a payload is edited: whatever the expression does, the daemon can end it.
import { parentPort, workerData } from 'node:worker_threads';
import jsonata from 'jsonata';
import { READY, type EditAnswer, type EditorSettings } from './payload-editor.ts';

const { expression, depth, timeMs, sequenceItems } = workerData as EditorSettings;
const port = parentPort!;

/** A whole number that JavaScript would round. */
const isRounded = (value: unknown, source: string | undefined): boolean =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source ?? '');

/** Parses a payload. Throws for numbers that would not come out as they went in. */
function parsed(payload: string): unknown {
  const check = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
    if (isRounded(value, context?.source)) {
      throw new RangeError(`it holds the number ${context?.source}, which an edit would round`);
    }
    return value;
  };
  return JSON.parse(payload, check);
}

async function edit(payload: string): Promise<EditAnswer> {
  let input: unknown;
  try {
    input = parsed(payload);
  } catch (error) {
    const reason = error instanceof RangeError ? error.message : 'it is no JSON';
    return { reason: `The payload cannot be edited: ${reason}.` };
  }
  try {
    const compiled = jsonata(expression, { timeout: timeMs, stack: depth, sequence: sequenceItems });
    const edited = JSON.stringify(await compiled.evaluate(input)) as string | undefined;
    return edited === undefined ? { reason: 'The expression answers nothing for this payload.' } : { edited };
  } catch (error) {
    const { code, message, position } = error as { code?: string; message?: string; position?: number };
    const where = position === undefined ? '' : ` (at character ${position})`;
    return { reason: `The expression fails${where}: ${code ? `${code}: ` : ''}${message ?? String(error)}` };
  }
}

port.on('message', (payload: string) => void edit(payload).then((answer) => port.postMessage(answer)));
port.postMessage(READY);
