import { limits } from '../../model/limits.ts';

const GROUP = new RegExp(`^[A-Za-z0-9!-/:-@[-\`{-~]{1,${limits.queueMessageGroupChars}}$`);

/** The service's words for what a group may be. */
export const GROUP_RULE =
  'MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.';

export function isMessageGroup(text: string): boolean {
  return GROUP.test(text);
}
