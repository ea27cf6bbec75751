import { limits } from '../../model/limits.ts';

const TEXT = new RegExp(`^[A-Za-z0-9!-/:-@[-\`{-~]{1,${limits.queueMessageGroupChars}}$`);

/** The service's words for what a group, or another id that a caller gives, may be. */
export const idRule = (parameter: string): string =>
  `${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`;

/** Whether a text can be a message group, a deduplication id or a receive's attempt id. */
export function isMessageGroup(text: string): boolean {
  return TEXT.test(text);
}
