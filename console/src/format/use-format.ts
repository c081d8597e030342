import { useMemo, useSyncExternalStore } from 'react'
import { useQuery } from '@tanstack/react-query'
import { ask } from '../api/queries.ts'
import { makeFormat } from './format.ts'
import type { Format } from './format.ts'

/** The workspace's formatter; in UTC until the settings have come. */
export function useFormat(): Format {
  const { data } = useQuery({ ...ask('settings', {}), staleTime: 300_000 })
  const { locale, zone, currency } = data ?? {}
  return useMemo(
    () => makeFormat(locale === undefined || zone === undefined || currency === undefined ? undefined : { locale, zone, currency }),
    [locale, zone, currency],
  )
}

let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const watchers = new Set<() => void>()

function watch(changed: () => void): () => void {
  watchers.add(changed)
  // Nobody looked meanwhile, so nobody moved it on.
  if (timer === undefined) now = Date.now()
  timer ??= setInterval(() => {
    now = Date.now()
    for (const one of watchers) one()
  }, 5_000)
  return () => {
    watchers.delete(changed)
    if (watchers.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The time now, epoch ms, renewed every five seconds: one clock for all relative times on the page. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => now)
}
