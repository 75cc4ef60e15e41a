import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { strFromU8, unzipSync } from 'fflate';
import { runManifest } from '../../scripts/manifest/run.js';
import { FACTS, ICON_FOLDER } from './facts.js';

const folder = mkdtempSync(join(tmpdir(), 'manifest-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const GIVEN = { 'app-id': FACTS.appId, 'bot-id': FACTS.botId, host: FACTS.host };

function typed(options: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
}

async function run(args: readonly string[], iconFolder = ICON_FOLDER) {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const code = await runManifest(args, { out, err, iconFolder, programVersion: '0.1.0' });
  const text = (stream: PassThrough) => (stream.read() as Buffer | null)?.toString() ?? '';
  return { code, out: text(out), err: text(err) };
}

interface Written {
  readonly id: string;
  readonly version: string;
  readonly developer: Readonly<Record<string, string>>;
  readonly validDomains: readonly string[];
}

function manifestIn(path: string): Written {
  return JSON.parse(strFromU8(unzipSync(readFileSync(path))['manifest.json']!)) as Written;
}

describe('npm run manifest', () => {
  it('writes the package, also into a folder that is not there yet', async () => {
    const out = join(folder, 'new/app.zip');
    const ran = await run(typed({ ...GIVEN, out }));
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('version 0.1.0, for the bot at https://credits.contoso.com/api/messages.');
    expect(manifestIn(out)).toMatchObject({ id: FACTS.appId, version: '0.1.0' });
  });

  it('puts placeholders for the developer, and says which', async () => {
    const out = join(folder, 'placeholder.zip');
    const ran = await run(typed({ ...GIVEN, out, developer: 'Contoso' }));
    expect(ran.out).toContain('Still placeholders: set --website, --privacy, --terms before you publish it.');
    const { developer } = manifestIn(out);
    expect(developer['name']).toBe('Contoso');
    expect(new URL(developer['privacyUrl']!).hostname).toMatch(/\.example$/u);
  });

  it('takes all of the developer, and then has nothing left to say', async () => {
    const out = join(folder, 'full.zip');
    const { name, websiteUrl, privacyUrl, termsOfUseUrl } = FACTS.developer;
    const developer = { developer: name, website: websiteUrl, privacy: privacyUrl, terms: termsOfUseUrl };
    const ran = await run(typed({ ...GIVEN, out, ...developer, 'app-version': '1.2.3' }));
    expect(ran.out).not.toContain('placeholder');
    expect(manifestIn(out)).toMatchObject({ version: '1.2.3', developer: FACTS.developer });
  });

  it('writes ids and hosts in small letters', async () => {
    const out = join(folder, 'small.zip');
    await run(
      typed({ 'app-id': FACTS.appId.toUpperCase(), 'bot-id': FACTS.botId, host: 'Credits.Contoso.COM', out }),
    );
    expect(manifestIn(out)).toMatchObject({ id: FACTS.appId, validDomains: ['credits.contoso.com'] });
  });

  it('explains itself', async () => {
    const ran = await run(['--help']);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('--bot-id GUID');
  });
});

describe('wrong input', () => {
  it.each([
    ['app-id', 'mine', '--app-id takes a GUID such as'],
    ['app-id', `{${FACTS.appId}}`, '--app-id takes a GUID such as'],
    ['app-id', '00000000-0000-0000-0000-000000000000', '--app-id takes a GUID such as'],
    ['bot-id', FACTS.botId.slice(1), '--bot-id takes a GUID such as'],
    ['bot-id', '', '--bot-id takes a GUID such as'],
    ['host', 'https://credits.contoso.com', '--host takes a public host name such as credits.contoso.com'],
    ['host', 'credits.contoso.com:443', '--host takes a public host name'],
    ['host', 'credits.contoso.com/api', '--host takes a public host name'],
    ['host', '*.contoso.com', '--host takes a public host name'],
    ['host', 'localhost', '--host takes a public host name'],
    ['host', 'bot.local', '--host takes a public host name'],
    ['host', '203.0.113.7', '--host takes a public host name'],
    ['out', 'package.tar', '--out takes the name of a .zip file'],
    ['app-version', '1.0', '--app-version takes a version such as 1.0.0'],
    ['app-version', '01.0.0', '--app-version takes a version such as 1.0.0'],
    ['developer', 'x'.repeat(33), '--developer takes a name of at most 32 characters'],
    ['website', 'http://contoso.example', '--website takes an address that starts with https://'],
    ['privacy', 'contoso.example', '--privacy takes an address that starts with https://'],
    ['terms', 'javascript:alert(1)', '--terms takes an address that starts with https://'],
  ])('is refused with a sentence: --%s %j', async (name, value, sentence) => {
    const out = join(folder, 'refused.zip');
    const ran = await run(typed({ ...GIVEN, out, [name]: value }));
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err.startsWith(sentence)).toBe(true);
    expect(existsSync(out)).toBe(false);
  });

  it('is told all at once, what is missing too', async () => {
    const { code, err } = await run(typed({ host: 'localhost' }));
    expect(code).toBe(2);
    expect(err).toContain('--app-id is missing: it takes a GUID');
    expect(err).toContain('--bot-id is missing: it takes a GUID');
    expect(err).toContain('not "localhost".');
  });

  it.each([[['--colour', 'red']], [['app.zip']], [['--app-id']]])('is not ignored: %j', async (args) => {
    const ran = await run(args);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('npm run manifest -- --app-id GUID');
  });
});

describe('a package that can not be made', () => {
  it('is told apart from wrong input: no icons', async () => {
    const ran = await run(typed({ ...GIVEN, out: join(folder, 'none.zip') }), join(folder, 'nowhere'));
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/^manifest\/(color|outline)\.png can't be read\.\n$/u);
  });

  it('is told apart from wrong input: nowhere to write', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const out = join(file, 'app.zip');
    expect(await run(typed({ ...GIVEN, out }))).toMatchObject({ code: 1, err: `${out} can't be written.\n` });
  });
});
