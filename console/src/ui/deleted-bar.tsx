import type { ComponentProps } from 'react'
import { useMutation } from '@tanstack/react-query'
import { Action } from './action.tsx'
import { Failure } from './states.tsx'
import { toast } from './toast.ts'
import { When } from './when.tsx'
import styles from './page.module.css'

interface DeletedBarProps {
  /** What it is: `list`. */
  readonly what: string
  readonly name: string
  /** Epoch ms; null: it is there, and nothing is shown. */
  readonly at: number | null
  readonly route: ComponentProps<typeof Action>['route']
  /** Brings it back, and the page up to date. */
  readonly restore: () => Promise<unknown>
  /** How it is back then: `with its codes`. */
  readonly back: string
  /** What it means until then, as a sentence. */
  readonly means?: string
}

/** On the page of something that was deleted: since when, and the button that brings it back. */
export function DeletedBar({ what, name, at, route, restore: bringBack, back, means }: DeletedBarProps) {
  const restore = useMutation({
    mutationFn: bringBack,
    onSuccess: () => toast(`“${name}” is back, ${back}.`),
  })
  if (at === null) return null
  return (
    <div className={styles.deleted} role="status">
      <p>
        It was deleted <When at={at} />.{means === undefined ? '' : ` ${means}`}
      </p>
      <Action route={route} size="xs" loading={restore.isPending} onClick={() => restore.mutate()}>
        Restore the {what}
      </Action>
      {restore.error === null ? null : <Failure error={restore.error} />}
    </div>
  )
}
