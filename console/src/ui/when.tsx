import { relative } from '../format/format.ts'
import { useFormat, useNow } from '../format/use-format.ts'

type Style = 'relative' | 'stamp' | 'clock' | 'minute' | 'date'

/** A time. Its title has all of it and says whose it is; `relative` counts from now, the others are in the shop's zone. */
export function When({ at, as = 'relative' }: { readonly at: number; readonly as?: Style }) {
  const format = useFormat()
  const now = useNow()
  const shown: Record<Style, () => string> = {
    relative: () => relative(at, now),
    stamp: () => format.stamp(at, now),
    clock: () => format.clock(at),
    minute: () => format.minute(at),
    date: () => format.date(at),
  }
  return (
    <time dateTime={new Date(at).toISOString()} title={`${format.full(at)}, shop time (${format.zone})`} className="num">
      {shown[as]()}
    </time>
  )
}
