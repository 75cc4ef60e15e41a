/** Draws the icons again from their SVG sources, after these changed: `npx tsx scripts/manifest/draw-icons.ts`. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { ICON_NAMES, ICON_SIDES } from './icons.js';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

function pathOf(file: string): string {
  return fileURLToPath(new URL(`../../manifest/${file}`, import.meta.url));
}

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
try {
  for (const name of ICON_NAMES) {
    const side = ICON_SIDES[name];
    const svg = await readFile(pathOf(name.replace(/png$/u, 'svg')), 'utf8');
    const page = await browser.newPage({ viewport: { width: side, height: side } });
    await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
    await page.screenshot({ path: pathOf(name), omitBackground: true });
    await page.close();
  }
} finally {
  await browser.close();
}
