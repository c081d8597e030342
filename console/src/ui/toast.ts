import { useSyncExternalStore } from 'react'

/** How long a note stays, ms. */
const stay = 6_000
let notes: readonly { readonly id: number; readonly words: string }[] = []
let last = 0
const watchers = new Set<() => void>()

function change(next: typeof notes): void {
  notes = next
  for (const watcher of watchers) watcher()
}

/** Says in a corner of the page that something has been done; screen readers say it too. */
export function toast(words: string): void {
  last += 1
  const id = last
  change([...notes, { id, words }])
  setTimeout(() => dismiss(id), stay)
}

export function dismiss(id: number): void {
  change(notes.filter((note) => note.id !== id))
}

/** The notes that are shown now. */
export function useToasts(): typeof notes {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => notes,
  )
}
