/** What Java's `.` does not match; JavaScript's `.` lets U+0085 through. */
const JAVA_DOT = '[^\\n\\r\\u0085\\u2028\\u2029]';
/** Java's `\s` knows ASCII only. */
const JAVA_SPACE = ' \\t\\n\\x0B\\f\\r';

/** Escapes that mean the same in both languages; others are letters or marks that Java lets stand behind a backslash. */
const SAME_ESCAPES = /[dDwWbBtnrfvpPuxk0-9^$\\.*+?()[\]{}|/]/;

/**
 * Patterns whose nested repetition lets a hostile value (500 blanks) keep a backtracking engine busy for years, beside
 * others that accept the same values in one pass.
 */
const LINEAR_TWINS: ReadonlyMap<string, string> = new Map([
  [
    '^[ \\t]*[^\\x00-\\x1F:\\x7F]+([ \\t]+[^\\x00-\\x1F:\\x7F]+)*[ \\t]*$',
    '^\\t*[^\\x00-\\x1F:\\x7F][^\\x00-\\x08\\x0A-\\x1F:\\x7F]*$',
  ],
  ['^[ \\t]*[\\x20-\\x7E]+([ \\t]+[\\x20-\\x7E]+)*[ \\t]*$', '^\\t*[\\x20-\\x7E][\\t\\x20-\\x7E]*$'],
]);

/** Makes a regular expression that matches exactly the whole values that a model's (Java) pattern matches. */
export function compileJavaPattern(pattern: string): RegExp {
  return new RegExp(`^(?:${translate(LINEAR_TWINS.get(pattern) ?? pattern)})$`, 'u');
}

function translate(pattern: string): string {
  let out = '';
  let inClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    if (char === '\\') {
      at++;
      out += translateEscape(pattern[at] ?? '', inClass);
    } else if (char === '[' && !inClass) {
      inClass = true;
      out += char;
    } else if (char === '[') {
      out += '\\[';
    } else if (char === ']' && inClass) {
      inClass = false;
      out += char;
    } else if (char === '.' && !inClass) {
      out += JAVA_DOT;
    } else {
      out += char;
    }
  }
  return out;
}

function translateEscape(escaped: string, inClass: boolean): string {
  if (escaped === 's') return inClass ? JAVA_SPACE : `[${JAVA_SPACE}]`;
  if (escaped === 'S' && !inClass) return `[^${JAVA_SPACE}]`;
  if (SAME_ESCAPES.test(escaped)) return `\\${escaped}`;
  if (escaped === '-') return inClass ? '\\-' : '-';
  return escaped;
}
