import type { Json, JsonObject, Settings } from '@throughline/contracts'
import type { RenderOptions } from './rendered.ts'

/** Traits of one person, and what the engine kept about why this message goes out. */
export interface VariableSources {
  readonly profileId: string
  readonly traits: JsonObject
  /** `{ event, journey }`, as stored with the message. */
  readonly message: JsonObject
  readonly settings: Pick<Settings, 'name' | 'baseUrl' | 'currency' | 'zone' | 'locale'>
  readonly unsubscribeUrl: string
}

/** Everything a template can name. */
export function makeVariables(from: VariableSources): JsonObject {
  return {
    event: {},
    journey: {},
    ...from.message,
    profile: { ...from.traits, ...objectOf(from.message['computed']), id: from.profileId },
    shop: { name: from.settings.name, baseUrl: from.settings.baseUrl, currency: from.settings.currency },
    unsubscribe_url: from.unsubscribeUrl,
  }
}

/**
 * Zone, locale and currency for one person: what their traits (`timezone`, `locale` or `language`) and the event
 * (`currency`) say, else the workspace's. Values that do not exist are passed over.
 */
export function renderOptionsOf(from: Pick<VariableSources, 'traits' | 'message' | 'settings'>): RenderOptions {
  const event = objectOf(from.message['event'])
  const currency = objectOf(event['properties'])['currency']
  return {
    zone: firstValid([from.traits['timezone'], from.traits['time_zone']], isZone) ?? from.settings.zone,
    locale:
      firstValid(
        [from.traits['locale'], from.traits['language']].map((value) => (typeof value === 'string' ? value.replace('_', '-') : value)),
        isLocale,
      ) ?? from.settings.locale,
    currency: typeof currency === 'string' && /^[A-Za-z]{3}$/.test(currency) ? currency.toUpperCase() : from.settings.currency,
  }
}

function firstValid(values: readonly (Json | undefined)[], isValid: (value: string) => boolean): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && value !== '' && remember(value, isValid))
}

const known = new Map<string, boolean>()

function remember(value: string, isValid: (value: string) => boolean): boolean {
  const key = `${isValid.name} ${value}`
  const found = known.get(key)
  if (found !== undefined) return found
  if (known.size > 1_000) known.clear()
  const valid = isValid(value)
  known.set(key, valid)
  return valid
}

function isZone(value: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function isLocale(value: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(value).length > 0
  } catch {
    return false
  }
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}
