import { lazy, Suspense, useEffect, useState } from 'react'
import { useNavigate } from '@tanstack/react-router'
import { focusSearchSoon } from './nav.tsx'

const places = {
  h: '/',
  l: '/live',
  p: '/people',
  g: '/segments',
  j: '/journeys',
  c: '/campaigns',
  m: '/messages',
  r: '/rejected',
  s: '/settings',
} as const

const ShortcutList = lazy(() => import('./shortcut-list.tsx').then((file) => ({ default: file.ShortcutList })))

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

/** Keys that work on every page, and the list of them behind `?`. They rest while somebody types or a dialog is open. */
export function Shortcuts() {
  const navigate = useNavigate()
  const [shown, setShown] = useState(false)
  useEffect(() => {
    let going = 0
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector('[role="dialog"]') !== null)
        return
      if (Date.now() - going < 1_200 && event.key in places) {
        going = 0
        event.preventDefault()
        void navigate({ to: places[event.key as keyof typeof places] })
        return
      }
      going = event.key === 'g' ? Date.now() : 0
      if (event.key === '?') setShown(true)
      if (event.key !== '/') return
      event.preventDefault()
      const field = document.querySelector<HTMLInputElement>('main [data-search]')
      if (field !== null) {
        field.focus()
        return
      }
      void navigate({ to: '/people' })
      focusSearchSoon()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [navigate])
  if (!shown) return null
  return (
    <Suspense>
      <ShortcutList close={() => setShown(false)} />
    </Suspense>
  )
}
