import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppFacts } from '../../scripts/manifest/build.js';
import type { Icons } from '../../scripts/manifest/app-package.js';

export const ICON_FOLDER = join(__dirname, '../../manifest');

export const FACTS: AppFacts = {
  appId: '5f3c9a52-6c0e-4d0b-9a57-3a1d2f6b8c41',
  botId: '0c8f7b1e-2d64-4e0a-8b7f-91d5c3a6e2f0',
  host: 'credits.contoso.com',
  version: '1.2.3',
  developer: {
    name: 'Contoso',
    websiteUrl: 'https://contoso.example',
    privacyUrl: 'https://contoso.example/privacy',
    termsOfUseUrl: 'https://contoso.example/terms',
  },
};

export const ICONS: Icons = {
  'color.png': readFileSync(join(ICON_FOLDER, 'color.png')),
  'outline.png': readFileSync(join(ICON_FOLDER, 'outline.png')),
};
