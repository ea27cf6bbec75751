const ANY = 0x2a; // *
const ONE = 0x3f; // ?

/**
 * Whether a text fits a pattern in which `*` stands for any characters and `?` for any one of them; everything else stands
 * for itself. No regular expression is made of what a user wrote. Takes at most pattern length times text length steps.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let inPattern = 0;
  let inText = 0;
  // The latest star, and the text from which it was last tried: only it ever needs another try.
  let star = -1;
  let retry = 0;
  while (inText < text.length) {
    const wanted = pattern.charCodeAt(inPattern);
    if (wanted === ANY) {
      star = inPattern++;
      retry = inText;
    } else if (wanted === ONE || wanted === text.charCodeAt(inText)) {
      inPattern++;
      inText++;
    } else if (star >= 0) {
      inPattern = star + 1;
      inText = ++retry;
    } else {
      return false;
    }
  }
  while (pattern.charCodeAt(inPattern) === ANY) inPattern++;
  return inPattern === pattern.length;
}

const ARN_PARTS = 6;

function arnParts(text: string): string[] {
  const parts = text.split(':');
  return [...parts.slice(0, ARN_PARTS - 1), parts.slice(ARN_PARTS - 1).join(':')];
}

/** Whether an ARN fits a pattern part by part: a wildcard never reaches over one of the first five colons. */
export function matchesArn(pattern: string, arn: string): boolean {
  const wanted = arnParts(pattern);
  const given = arnParts(arn);
  return wanted.every((part, index) => matchesGlob(part, given[index]!));
}
