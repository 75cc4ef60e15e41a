/** The app package: a zip that Teams takes, the same bytes for the same facts. */
import { zipSync, type ZippableFile } from 'fflate';
import { LANGUAGES } from '../../src/cards/speech.js';
import { buildLocalisation, buildManifest, localisationFile, type AppFacts } from './build.js';
import { NotMade } from './fault.js';
import { fitsIcon, ICON_NAMES, ICON_SIDES, type IconName } from './icons.js';

export type Icons = Readonly<Record<IconName, Uint8Array>>;

/** A zip holds local times: this one is written alike in every time zone. */
const FILES_DATE = new Date(2000, 0, 1);

/** @throws NotMade where an icon or a text is nothing that Teams takes */
export function makePackage(facts: AppFacts, icons: Icons): Uint8Array {
  const files: Record<string, ZippableFile> = { 'manifest.json': json(buildManifest(facts)) };
  for (const language of LANGUAGES) files[localisationFile(language)] = json(buildLocalisation(language));
  for (const name of ICON_NAMES) files[name] = icon(name, icons[name]);
  return zipSync(files, { mtime: FILES_DATE, level: 9 });
}

function json(value: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
}

function icon(name: IconName, bytes: Uint8Array): Uint8Array {
  if (fitsIcon(name, bytes)) return bytes;
  const side = ICON_SIDES[name];
  throw new NotMade(`manifest/${name} is not a PNG of ${side} × ${side} pixels.`);
}
