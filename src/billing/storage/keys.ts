const UNSAFE = /[%/\\#?\p{Cc}]/gu;

/** Azure refuses `/ \ # ?` and control characters in keys; `%` goes too, so that the encoding is one to one. */
export function encodeKeyPart(text: string): string {
  return text.replace(UNSAFE, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** What {@link encodeKeyPart} made the text from. */
export function decodeKeyPart(encoded: string): string {
  return encoded.replace(/%([0-9a-f]{2})/gu, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

const SEQUENCE_MAX = 10n ** 16n - 1n;

/** Rows sort ascending only: counting down from the top puts the newest first. 16 digits, fixed width. */
export function newestFirst(sequence: bigint): string {
  return (SEQUENCE_MAX - sequence).toString().padStart(16, '0');
}

export function oldestFirst(sequence: bigint): string {
  return sequence.toString().padStart(16, '0');
}

/** The first key after every key that starts with `prefix`; prefixes end in a letter or `:`. */
export function afterPrefix(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}
