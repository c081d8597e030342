import { valueAt, type Identifier, type Json, type JsonObject, type Person } from '@throughline/contracts'
import type { Trait } from '@throughline/engine'
import type { Seen } from './history.ts'

type Traits = { readonly [name: string]: Trait }

/** What a person is called, out of the traits that shops use for it; null when none says. */
export function nameOf(traits: Traits): string | null {
  const first = textOf(traits, 'first_name') ?? textOf(traits, 'firstName') ?? textOf(traits, 'firstname')
  const last = textOf(traits, 'last_name') ?? textOf(traits, 'lastName') ?? textOf(traits, 'lastname')
  const joined = [first, last].filter((part) => part !== null).join(' ')
  return textOf(traits, 'name') ?? (joined === '' ? null : joined)
}

/**
 * The first time that anything is known of somebody, epoch ms: that of their earliest event, which may have been imported long
 * after it happened, or when the profile was made, whichever is earlier.
 */
export function firstSeenAt(createdAt: number, seen: Seen | undefined): number {
  return Math.min(createdAt, seen?.first ?? createdAt)
}

/**
 * The line of a person in a list.
 * @param seen when they did something; undefined when nothing is known of it
 */
export function describePerson(
  id: string,
  profile: { readonly createdAt: number; readonly traits: Traits },
  identifiers: readonly Identifier[],
  seen: Seen | undefined,
): Person {
  const userId = identifiers.find(({ kind }) => kind === 'user_id')?.value ?? null
  const email = identifiers.find(({ kind }) => kind === 'email')?.value ?? null
  return {
    id,
    name: nameOf(profile.traits),
    email: email ?? textOf(profile.traits, 'email'),
    userId,
    anonymous: userId === null && email === null,
    country: textOf(profile.traits, 'country') ?? textOf(profile.traits, 'address.country'),
    createdAt: profile.createdAt,
    firstSeenAt: firstSeenAt(profile.createdAt, seen),
    lastSeenAt: seen?.last ?? null,
  }
}

function textOf(traits: Traits, path: string): string | null {
  const values: JsonObject = Object.fromEntries(Object.entries(traits).map(([name, [value]]): [string, Json] => [name, value]))
  const value = valueAt(values, path)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}
