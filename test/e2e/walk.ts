/** What the walks through the real page have in common. */
import { existsSync } from 'node:fs';

const BROWSER = '/usr/bin/chromium';
const found = existsSync(BROWSER);
if (!found && process.env['CI'] === 'true')
  throw new Error(`${BROWSER} is missing, and CI must walk the page`);
if (!found) process.stderr.write(`${BROWSER} is missing: the journey in the real page is left out.\n`);

export const walk = found ? describe : describe.skip;
export const STEP_MS_MAX = 120_000;
