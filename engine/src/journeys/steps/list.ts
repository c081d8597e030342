import type { StepOf } from '@throughline/contracts'
import type { StepBehaviour } from '../behaviour.ts'

/** Puts the person into a list or takes them out of it; where they stand so already, nothing happens. */
export const list: StepBehaviour<StepOf<'list'>> = {
  compile({ list: id, change }, compiler) {
    const isIn = compiler.compile({ kind: 'list', list: id })
    const joined = change === 'add'
    return ({ view, now }, { kind }) => {
      if (kind === 'event') return null
      const value = isIn.value(view, now)
      if (value === 'pending') return { kind: 'undecided' }
      return { kind: 'go', port: 'next', ...(value !== joined && { deed: { kind: 'list', list: id, joined } }) }
    }
  },
  waysOut: ({ next }) => [{ port: 'next', next }],
  takesTime: () => false,
  hears: () => [],
  describe: ({ list: id, change }) => (change === 'add' ? `put the person into the list ${id}` : `take the person out of the list ${id}`),
}
