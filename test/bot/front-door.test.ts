import { readActivity, type IncomingActivity } from '../../src/bot/activity.js';
import {
  DEFAULT_SERVICE_HOSTS,
  checkAtDoor,
  serviceUrlAllowed,
  type DoorRules,
} from '../../src/bot/front-door.js';
import { ADA, TENANT, activity, execute, message, type Setting } from '../support/activities.js';

const PRODUCTION: DoorRules = {
  authenticated: true,
  allowedTenants: [TENANT],
  devTenantId: 'dev',
  serviceHosts: DEFAULT_SERVICE_HOSTS,
};
const EMBEDDED: DoorRules = { ...PRODUCTION, authenticated: false, allowedTenants: [], devTenantId: 'Dev' };

const SETTING: Setting = {
  scope: 'personal',
  person: ADA,
  tenant: TENANT,
  locale: 'en-US',
  serviceUrl: 'https://smba.trafficmanager.net/emea/',
  conversationId: 'a:1',
  thread: '1',
};
const LOCAL: Setting = { ...SETTING, serviceUrl: 'http://localhost:56150/_connector' };

function read(body: object): IncomingActivity {
  const found = readActivity(body);
  if (found === undefined) throw new Error('not an activity');
  return found;
}

describe('the front door', () => {
  test('lets an allowed tenant in, however it is spelled', () => {
    const verdict = checkAtDoor(
      read(message({ ...SETTING, tenant: TENANT.toUpperCase() }, 'hi')),
      PRODUCTION,
    );
    expect(verdict).toMatchObject({ kind: 'pass', tenant: TENANT });
  });

  test.each([
    ['a message', message({ ...SETTING, tenant: 'foreign' }, 'hi')],
    ['a click', execute({ ...SETTING, tenant: 'foreign' }, { cardActivityId: '1', data: {} })],
    ['a type that is not used', activity({ ...SETTING, tenant: 'foreign' }, 'typing')],
  ])('refuses %s of a foreign tenant', (_what, body) => {
    expect(checkAtDoor(read(body), PRODUCTION)).toEqual({ kind: 'refused', reason: 'foreignTenant' });
  });

  test('refuses a missing tenant, except in the unauthenticated mode, where it is the developer’s', () => {
    const emulator = { ...LOCAL, scope: 'emulator', tenant: undefined } as const;
    expect(checkAtDoor(read(message(emulator, 'hi')), EMBEDDED)).toMatchObject({
      kind: 'pass',
      tenant: 'dev',
    });
    const authenticated = { ...emulator, serviceUrl: SETTING.serviceUrl };
    expect(checkAtDoor(read(message(authenticated, 'hi')), PRODUCTION)).toEqual({
      kind: 'refused',
      reason: 'noTenant',
    });
  });

  test('lets nobody in where no tenant is allowed', () => {
    const rules = { ...PRODUCTION, allowedTenants: [] };
    expect(checkAtDoor(read(message(SETTING, 'hi')), rules)).toEqual({
      kind: 'refused',
      reason: 'foreignTenant',
    });
  });

  test.each(['typing', 'messageReaction', 'endOfConversation', 'event', 'messageDelete'])(
    'ignores %s',
    (type) => {
      expect(checkAtDoor(read(activity(SETTING, type)), PRODUCTION)).toEqual({ kind: 'ignored' });
    },
  );

  test('refuses what nobody sent', () => {
    const body = { ...message(SETTING, 'hi'), from: undefined };
    expect(checkAtDoor(read(body), PRODUCTION)).toEqual({ kind: 'refused', reason: 'noPerson' });
  });

  test('refuses a service URL that is missing: the token check passes over it', () => {
    const body = { ...message(SETTING, 'hi'), serviceUrl: undefined };
    expect(checkAtDoor(read(body), PRODUCTION)).toEqual({ kind: 'refused', reason: 'serviceUrl' });
  });
});

describe('service URLs', () => {
  test.each([
    'https://smba.trafficmanager.net/emea/',
    'https://SMBA.trafficmanager.net/teams',
    'https://webchat.botframework.com/',
    'https://smba.infra.gcc.teams.microsoft.com/gcc',
  ])('%s may be sent to', (url) => {
    expect(serviceUrlAllowed(url, PRODUCTION)).toBe(true);
  });

  test.each([
    'http://smba.trafficmanager.net/emea/',
    'https://evil.trafficmanager.net/',
    'https://smba.trafficmanager.net.evil.com/',
    'https://smba.trafficmanager.net@evil.com/',
    'https://user:pass@smba.trafficmanager.net/',
    'https://smba.trafficmanager.net:8443/',
    'https://botframework.com.evil.com/',
    'https://evilbotframework.com/',
    'https://127.0.0.1/',
    'https://169.254.169.254/metadata',
    'ftp://smba.trafficmanager.net/',
    'javascript:alert(1)',
    '',
  ])('%s may not', (url) => {
    expect(serviceUrlAllowed(url, PRODUCTION)).toBe(false);
  });

  test.each([
    'http://localhost:56150/_connector',
    'http://127.0.0.1:5000',
    'http://[::1]:1/',
    'http://127.1/',
    'http://2130706433/',
  ])('%s is this machine, the only one the unauthenticated bot talks to', (url) => {
    expect(serviceUrlAllowed(url, EMBEDDED)).toBe(true);
  });

  test.each([
    'https://smba.trafficmanager.net/',
    'http://10.0.0.1/',
    'http://localhost.evil.com/',
    'http://127.0.0.1.evil.com/',
    'file:///etc/passwd',
    'http://0.0.0.0/',
  ])('%s is not', (url) => {
    expect(serviceUrlAllowed(url, EMBEDDED)).toBe(false);
  });
});
