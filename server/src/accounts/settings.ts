import { channelTable, eachChannel, settingsSchema, type Settings } from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'
import { AccountError } from './errors.ts'

/** Settings of a workspace that nobody has changed yet. */
export function defaultSettings(baseUrl: string): Settings {
  return {
    name: 'My shop',
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
    currency: 'EUR',
    locale: 'en',
    baseUrl,
    consentDefaults: eachChannel((kind) => channelTable[kind].consentDefault),
    trackingDefault: 'granted',
    pricePerThousand: eachChannel(() => null),
    quietHours: null,
    frequencyCaps: [],
    rfm: { days: null, hour: 4 },
    approval: null,
  }
}

/** Makes the one workspace if there is none yet. */
export async function ensureWorkspace(db: Db, settings: Settings): Promise<void> {
  await db.query('insert into workspace (id, settings) values (1, $1::jsonb) on conflict (id) do nothing', [JSON.stringify(settings)])
}

/** The settings in force. A field that a newer release added takes its default until somebody sets it. */
export async function loadSettings(db: Db): Promise<Settings> {
  const { rows } = await db.query<{ settings: Partial<Settings> }>('select settings from workspace where id = 1')
  return settingsSchema.parse({ ...defaultSettings('http://127.0.0.1:4800'), ...rows[0]?.settings })
}

/**
 * Stores new settings; running parts take them up with the next definitions epoch, which this raises.
 * Throws `zone_unknown`, `currency_unknown`, `locale_unknown` for names that no clock or currency list has.
 */
export async function storeSettings(db: Db, settings: Settings): Promise<void> {
  checkNames(settings)
  await db.query('update workspace set settings = $1::jsonb where id = 1', [JSON.stringify(settings)])
}

function checkNames(settings: Settings): void {
  const { zone, currency, locale } = settings
  if (!works(() => new Intl.DateTimeFormat('en', { timeZone: zone }))) {
    throw new AccountError(
      'bad-input',
      'zone_unknown',
      `zone is "${zone}"; allowed: a name of the IANA time zone database, such as "Europe/Berlin".`,
      { field: 'zone', value: zone, allowed: 'an IANA time zone such as "Europe/Berlin"' },
    )
  }
  if (!Intl.supportedValuesOf('currency').includes(currency)) {
    throw new AccountError(
      'bad-input',
      'currency_unknown',
      `currency is "${currency}"; allowed: a code of ISO 4217 in capital letters, such as "EUR".`,
      { field: 'currency', value: currency, allowed: 'an ISO 4217 code such as "EUR"' },
    )
  }
  if (!works(() => new Intl.Locale(locale))) {
    throw new AccountError(
      'bad-input',
      'locale_unknown',
      `locale is "${locale}"; allowed: a language tag (BCP 47), such as "en" or "de-AT".`,
      { field: 'locale', value: locale, allowed: 'a language tag such as "de-AT"' },
    )
  }
}

function works(attempt: () => unknown): boolean {
  try {
    attempt()
    return true
  } catch {
    return false
  }
}
