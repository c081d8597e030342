import { z } from 'zod'
import type { Person } from '../advance/person.ts'
import type { ControlCall } from './control.ts'

/** People a turn. A turn that is long holds live events back. */
export const SLICE = 50

/** How many people the next slice takes: as usual, or fewer after the database has refused one. */
export const sizeSchema = z.number().int().min(1).max(SLICE).default(SLICE)

/** The slice behind one that went well: twice as many, up to the usual number. */
export function grown(size: number): number {
  return Math.min(SLICE, size * 2)
}

/** What tells a slice of another size from the one that was refused at the same place. */
export function markOf(size: number): string {
  return size === SLICE ? '' : `:${size}`
}

/**
 * Takes one person of a slice. Whom the engine cannot take is put aside alone, as they were before, and the others go on.
 * @returns whether they could be taken
 */
export function tryPerson({ turn, row }: ControlCall, person: Person, take: () => void): boolean {
  try {
    take()
    return true
  } catch (error) {
    turn.park(row, error, person.id)
    return false
  }
}

/**
 * What is done when the database has refused what followed from a slice: it is taken again one by one, and whoever is refused alone is put aside.
 * @param first of whom the slice was; null: of nobody, and the entry itself is at fault
 * @param again goes on with slices of this size: from the same place, or behind the person who was put aside
 * @throws when nobody can be put aside for it
 */
export function narrow(
  { turn, row }: ControlCall,
  size: number,
  first: string | null,
  again: (size: number, behind: string | null) => void,
): void {
  const refusal = new Error('The database refused what followed from this entry.')
  if (first === null) throw refusal
  if (size > 1) return again(1, null)
  turn.park(row, refusal, first)
  again(grown(1), first)
}
