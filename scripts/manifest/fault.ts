/** What was typed makes no sense; the message says what, one sentence per line. */
export class BadOptions extends Error {
  override readonly name = 'BadOptions';
}

/** The package can't be made from what is here; the message says why, one sentence per line. */
export class NotMade extends Error {
  override readonly name = 'NotMade';
}
