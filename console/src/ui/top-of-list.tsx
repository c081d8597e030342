import { useEffect, useLayoutEffect } from 'react'
import type { ComboboxStore } from '@mantine/core'

/**
 * Stands inside of a list that is searched and is in the page only while it is open, with what was searched for as its key. Gives the focus
 * to the search as soon as the options are seen, so that no key is lost, and marks what is on top of them, which Enter takes.
 */
export function TopOfList({ store: { searchRef, selectFirstOption } }: { readonly store: ComboboxStore }) {
  useLayoutEffect(() => searchRef.current?.focus({ preventScroll: true }), [searchRef])
  useEffect(() => void selectFirstOption(), [selectFirstOption])
  return null
}
