import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { strFromU8, unzipSync } from 'fflate';
import { makePackage } from '../../scripts/manifest/app-package.js';
import { buildLocalisation, buildManifest } from '../../scripts/manifest/build.js';
import { fitsIcon, ICON_NAMES } from '../../scripts/manifest/icons.js';
import { FACTS, ICONS } from './facts.js';

/** What kind of pixels a PNG holds: 2 is colours without transparency, 6 is with. */
const COLOUR_TYPE_AT = 25;

/** The bytes of the pixels, four each, of a PNG as Chromium writes it: eight bits a channel, not interlaced. */
function pixelsOf(png: Buffer): Buffer {
  const line = png.readUInt32BE(16) * 4;
  const packed = inflateSync(Buffer.concat(dataOf(png)));
  const pixels = Buffer.alloc(line * png.readUInt32BE(20));
  // Nothing stands before the first pixel of a line, nor above the first line.
  const before = (at: number, column: number) => (column < 0 || at < 0 ? 0 : pixels[at]!);
  for (let at = 0; at < pixels.length; at++) {
    const [row, column] = [Math.floor(at / line), at % line];
    const left = before(at - 4, column - 4);
    const corner = before(at - line - 4, column - 4);
    const filter = packed[row * (line + 1)]!;
    const difference = packed[at + row + 1]!;
    pixels[at] = difference + predicted(filter, { left, above: before(at - line, column), corner });
  }
  return pixels;
}

function dataOf(png: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('ascii', at + 4, at + 8) !== 'IDAT') continue;
    parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  return parts;
}

interface Around {
  readonly left: number;
  readonly above: number;
  readonly corner: number;
}

function predicted(filter: number, { left, above, corner }: Around): number {
  return [0, left, above, (left + above) >> 1, paeth({ left, above, corner })][filter]!;
}

function paeth({ left, above, corner }: Around): number {
  const guess = left + above - corner;
  const nearest = [left, above, corner].map((value) => Math.abs(guess - value));
  return [left, above, corner][nearest.indexOf(Math.min(...nearest))]!;
}

describe('the package', () => {
  const bytes = makePackage(FACTS, ICONS);
  const files = unzipSync(bytes);

  it('holds the manifest, a file for each language and the icons, and nothing else', () => {
    const expected = ['color.png', 'en.json', 'it.json', 'manifest.json', 'outline.png'];
    expect(Object.keys(files).sort()).toEqual(expected);
  });

  it('holds them as they were built', () => {
    expect(JSON.parse(strFromU8(files['manifest.json']!))).toEqual(buildManifest(FACTS));
    expect(JSON.parse(strFromU8(files['en.json']!))).toEqual(buildLocalisation('en'));
    expect(JSON.parse(strFromU8(files['it.json']!))).toEqual(buildLocalisation('it'));
    for (const name of ICON_NAMES) expect(Buffer.from(files[name]!).equals(ICONS[name])).toBe(true);
  });

  it('has every file that the manifest names', () => {
    const { icons, localizationInfo } = buildManifest(FACTS);
    const named = [
      icons.color,
      icons.outline,
      localizationInfo!.defaultLanguageFile!,
      ...localizationInfo!.additionalLanguages!.map(({ file }) => file),
    ];
    for (const name of named) expect(Object.keys(files)).toContain(name);
  });

  it('is the same bytes for the same facts, whatever the day', () => {
    jest.useFakeTimers({ now: Date.UTC(2031, 6, 1) });
    try {
      expect(Buffer.from(makePackage(FACTS, ICONS)).equals(bytes)).toBe(true);
    } finally {
      jest.useRealTimers();
    }
  });

  it('is refused with a word on the icon that has another size', () => {
    const swapped = { ...ICONS, 'color.png': ICONS['outline.png'] };
    expect(() => makePackage(FACTS, swapped)).toThrow('manifest/color.png is not a PNG of 192 × 192 pixels.');
  });
});

describe('the same command in two time zones', () => {
  it('writes the same bytes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'manifest-'));
    const root = join(__dirname, '../..');
    try {
      const [east, west] = ['Pacific/Auckland', 'America/Los_Angeles'].map((zone, index) => {
        const out = join(folder, `${index}.zip`);
        const ids = ['--app-id', FACTS.appId, '--bot-id', FACTS.botId, '--host', FACTS.host];
        execFileSync(process.execPath, ['--import', 'tsx', 'scripts/manifest.ts', ...ids, '--out', out], {
          cwd: root,
          env: { ...process.env, TZ: zone },
        });
        return readFileSync(out);
      });
      expect(east!.equals(west!)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the icons', () => {
  it.each(ICON_NAMES)('%s is a PNG of the size that Teams wants', (name) => {
    expect(fitsIcon(name, ICONS[name])).toBe(true);
  });

  it('are refused when they are no PNG, or cut off', () => {
    expect(fitsIcon('color.png', Buffer.from('GIF89a and then some more bytes'))).toBe(false);
    expect(fitsIcon('color.png', ICONS['color.png'].subarray(0, 20))).toBe(false);
  });

  it('have an outline that is white, and nothing but white, on transparent', () => {
    const png = Buffer.from(ICONS['outline.png']);
    expect(png[COLOUR_TYPE_AT]).toBe(6);
    const pixels = pixelsOf(png);
    const seen = Array.from({ length: 32 * 32 }, (_, index) => [
      ...pixels.subarray(index * 4, index * 4 + 4),
    ]);
    const drawn = seen.filter(([, , , alpha]) => alpha! > 0);
    expect(drawn.length).toBeGreaterThan(100);
    expect(drawn.every(([red, green, blue]) => Math.min(red!, green!, blue!) === 255)).toBe(true);
    expect([0, 31, 31 * 32, 32 * 32 - 1].map((corner) => seen[corner]![3])).toEqual([0, 0, 0, 0]);
  });

  it('have a colour icon that fills its square', () => {
    expect(ICONS['color.png'][COLOUR_TYPE_AT]).toBe(2);
  });
});
