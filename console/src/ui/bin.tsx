import type { ComponentProps } from 'react'
import { useMutation } from '@tanstack/react-query'
import { Action } from './action.tsx'
import { Panel } from './panel.tsx'
import { Failure } from './states.tsx'
import { toast } from './toast.ts'
import { When } from './when.tsx'

interface BinProps {
  readonly items: readonly { readonly id: string; readonly name: string; readonly deletedAt: number | null }[]
  readonly route: ComponentProps<typeof Action>['route']
  /** Brings one back, and the page up to date. */
  readonly restore: (id: string) => Promise<{ readonly name: string }>
  /** How it is back: `with its codes`. */
  readonly back: string
}

/** What was deleted and can be brought back; nothing where there is nothing. */
export function Bin({ items, route, restore: bringBack, back }: BinProps) {
  const restore = useMutation({
    mutationFn: bringBack,
    onSuccess: ({ name }) => toast(`“${name}” is back, ${back}.`),
  })
  if (items.length === 0) return null
  return (
    <Panel title="Deleted">
      {restore.error === null ? null : <Failure error={restore.error} />}
      <ul className="stack" style={{ gap: 8 }}>
        {items.map(({ id, name, deletedAt }) => (
          <li key={id} className="row" style={{ justifyContent: 'space-between' }}>
            <span>
              {name} <span className="dim">deleted {deletedAt === null ? null : <When at={deletedAt} />}</span>
            </span>
            <Action
              route={route}
              variant="default"
              size="compact-sm"
              aria-label={`Restore ${name}`}
              loading={restore.isPending && restore.variables === id}
              onClick={() => restore.mutate(id)}
            >
              Restore
            </Action>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
