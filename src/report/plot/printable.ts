/**
 * A text of a stranger's file as it can be shown anywhere: control characters, invisible ones that turn the direction of
 * writing, and halves of characters are spelled out, `\n` as `\u000a`.
 */
export function printable(text: string): string {
  return text.replace(UNSEEN, (unit) => {
    const code = unit.charCodeAt(0).toString(16).padStart(4, "0");
    return `\\u${code}`;
  });
}

/** Controls, unpaired surrogates, direction marks, line separators, byte order mark, what is no character in XML. */
const UNSEEN = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]/gu;

/** At most so many characters, with what is left out marked in the middle: names differ at both ends. */
export function shorten(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  const head = Math.ceil((length - 1) / 2);
  const tail = length - 1 - head;
  return `${characters.slice(0, head).join("")}…${tail === 0 ? "" : characters.slice(-tail).join("")}`;
}
