import { createContext, use } from 'react'
import { SuggestField } from '../../../segments/editors/parts/suggest-field.tsx'
import { Line } from '../../../segments/editors/parts/words.tsx'

/** Whether the journey has a key, so that one person may be in it for several orders or carts at a time. */
export const KeyedContext = createContext(false)

interface KeyProps {
  /** What the event is for, for a screen reader. */
  readonly what: string
  readonly event: string
  readonly value: string | undefined
  readonly onChange: (key: string | undefined) => void
}

/** In which property an event names the order or cart that it is about; shown where the journey has a key. */
export function KeyField({ what, event, value, onChange }: KeyProps) {
  const isKeyed = use(KeyedContext)
  if (!isKeyed && value === undefined) return null
  return (
    <Line>
      <span>about the one that its</span>
      <SuggestField
        label={`Key of ${what}`}
        placeholder="property (any, while empty)"
        wanted={{ of: 'properties', event }}
        value={value ?? ''}
        onChange={(key) => onChange(key === '' ? undefined : key)}
      />
      <span>names</span>
    </Line>
  )
}
