/** From when on calls are charged, and whether they are collected: the form, its preview, and the question before an end. */
import { noticeCard } from './notice.js';
import { renderPanel } from './panel.js';
import { clickButton } from './payment-view.js';
import { plain, renderCard, type Card } from './render.js';
import type { Speech } from './speech.js';
import template from './templates/usage-form.json' with { type: 'json' };

export interface UsageFormFacts {
  /** Connecting, or only another start of metering. */
  readonly isConnecting: boolean;
  /** `YYYY-MM-DD`, or empty. */
  readonly day: string;
  readonly timeZone: string;
  readonly problem?: 'unreadable' | 'far';
}

export function usageForm({ isConnecting, day, timeZone, problem }: UsageFormFacts, speech: Speech): Card {
  const title = speech.say('usage.form.title');
  const intro = speech.say(isConnecting ? 'usage.form.connect' : 'usage.form.change');
  const data = {
    title,
    intro,
    problem: problem === undefined ? '' : speech.say(`usage.form.${problem}`),
    label: speech.say('usage.form.day', { zone: timeZone }),
    day,
    safe: speech.say('usage.form.safe'),
    continue: speech.say('addFunds.form.continue'),
    cancel: speech.say('addFunds.form.cancel'),
  };
  return renderCard(template, data, `${title} ${intro}`);
}

export interface UsagePreviewFacts {
  readonly isConnecting: boolean;
  /** ISO; absent: from the moment of the confirmation on. */
  readonly from?: string;
  readonly now: string;
  /** Kept without being charged so far. */
  readonly kept: string | undefined;
  readonly isExpired: boolean;
  readonly token: string;
}

export function usagePreview(facts: UsagePreviewFacts, speech: Speech): Card {
  const { isConnecting, token } = facts;
  const title = speech.say(isConnecting ? 'usage.preview.connect' : 'usage.preview.change');
  const confirm = speech.say(isConnecting ? 'usage.preview.doConnect' : 'usage.preview.doChange');
  const panel = {
    style: 'emphasis' as const,
    title,
    lines: previewLines(facts, speech),
    buttons: [
      clickButton(confirm, { verb: 'usage.confirm', token }, 'positive'),
      clickButton(speech.say('addFunds.preview.change'), { verb: 'usage.form' }),
      clickButton(speech.say('addFunds.preview.cancel'), { verb: 'usage.refresh' }),
    ],
  };
  return renderPanel(panel, title);
}

function previewLines({ from, now, kept, isExpired }: UsagePreviewFacts, speech: Speech): readonly string[] {
  const expired = isExpired ? [speech.say('usage.preview.expired')] : [];
  if (from === undefined) return [...expired, speech.say('usage.preview.now')];
  const what = speech.say('usage.preview.from', { time: speech.dateTime(from) });
  if (from > now) return [...expired, what, speech.say('usage.preview.future')];
  const again = kept === undefined ? [] : [speech.say('usage.preview.kept', { amount: kept })];
  return [...expired, what, speech.say('usage.preview.past'), ...again];
}

export function usageAskOff(token: string, speech: Speech): Card {
  return noticeCard({
    tone: 'warning',
    title: speech.say('usage.askOff.title'),
    text: speech.say('usage.askOff.text'),
    buttons: [
      { title: speech.say('usage.button.disconnect'), data: { verb: 'usage.off', token } },
      { title: speech.say('usage.askOff.keep'), data: { verb: 'usage.refresh' } },
    ],
  });
}

/** `by` is absent where it was not connected. */
export function usageOff(
  by: { readonly name: string; readonly at: string } | undefined,
  speech: Speech,
): Card {
  const text =
    by === undefined
      ? speech.say('usage.off.already')
      : speech.say('usage.off.text', { who: plain(by.name), when: speech.dateTime(by.at) });
  const buttons = [{ title: speech.say('usage.button.show'), data: { verb: 'usage.show' } }];
  return noticeCard({ tone: 'info', title: speech.say('usage.off.title'), text, buttons });
}
