import type { Person } from '@throughline/contracts'

/** What a person is called: name, else e-mail, else user id, else "Visitor" with the end of the profile's id. */
export function personTitle(person: Pick<Person, 'name' | 'email' | 'userId' | 'id'>): string {
  return person.name ?? person.email ?? person.userId ?? visitorTitle(person.id)
}

export function visitorTitle(id: string): string {
  return `Visitor ${id.slice(-6)}`
}

/** At most two letters that stand for a person. */
export function initials(title: string): string {
  const words = title.split(/[\s@.]+/u).filter((word) => word !== '')
  return words
    .slice(0, 2)
    .map((word) => [...word][0]?.toLocaleUpperCase() ?? '')
    .join('')
}
