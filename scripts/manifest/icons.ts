/** The icons of the app package: their names and their sides in pixels, as Teams wants them. */
export const ICON_SIDES = { 'color.png': 192, 'outline.png': 32 } as const;

export type IconName = keyof typeof ICON_SIDES;

export const ICON_NAMES = Object.keys(ICON_SIDES) as readonly IconName[];

const PNG_SIGNATURE = '89504e470d0a1a0a';
const WIDTH_AT = 16;
const HEIGHT_AT = 20;
const HEADER_BYTES = 24;

/** Whether the bytes are a PNG of the size that Teams wants under this name. */
export function fitsIcon(name: IconName, bytes: Uint8Array): boolean {
  const png = Buffer.from(bytes);
  if (png.length < HEADER_BYTES || png.toString('hex', 0, 8) !== PNG_SIGNATURE) return false;
  const side = ICON_SIDES[name];
  return png.readUInt32BE(WIDTH_AT) === side && png.readUInt32BE(HEIGHT_AT) === side;
}
