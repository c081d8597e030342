import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { Condition, JourneyEntryOf, RouteResponse } from '@throughline/contracts'
import { fillConcerns, sayMisfits } from '@throughline/engine'
import { call } from '../../../api/client.ts'
import { ask } from '../../../api/queries.ts'
import { counted } from '../../../format/format.ts'
import { useFormat } from '../../../format/use-format.ts'
import { When } from '../../../ui/when.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { ConditionField } from '../steps/parts/condition-field.tsx'
import { MatchField } from '../steps/parts/match-field.tsx'

/** How long after the last change it is asked whom it concerns, ms. */
const PAUSE = 700

interface FieldsProps {
  readonly entry: JourneyEntryOf<'shop-event'>
  readonly onChange: (next: JourneyEntryOf<'shop-event'>) => void
  readonly isWrong: (field: string) => boolean
}

/** What the shop says of no person in particular, and whom it concerns. */
export function ShopEventFields({ entry, onChange, isWrong }: FieldsProps) {
  return (
    <>
      <MatchField match={entry.on} isWrong={(field) => isWrong(`on.${field}`)} onChange={(on) => onChange({ ...entry, on })} />
      <Sentence>
        <span>It concerns</span>
      </Sentence>
      <ConditionField ofShopEvent value={entry.concerns} onChange={(concerns) => onChange({ ...entry, concerns })} />
      <p className="soft">
        In the value of a comparison, <code className="mono">{'{event.product_id}'}</code> stands for that property of the shop’s event, and{' '}
        <code className="mono">{'{event.price}'}</code> also where a number is compared.
      </p>
      <Concerned event={entry.on.event} concerns={entry.concerns} />
    </>
  )
}

/** How many people the latest event of this name would concern today. */
function Concerned({ event, concerns }: { readonly event: string; readonly concerns: Condition }) {
  const format = useFormat()
  const [asked] = useDebouncedValue(event, PAUSE)
  const [about] = useDebouncedValue(concerns, PAUSE)
  const latest = useQuery({
    ...ask('shopEvents', { query: { event: asked, limit: 1 } }),
    enabled: asked !== '',
    staleTime: 60_000,
    retry: false,
  })
  const last = latest.data?.items[0]
  const filled = last === undefined ? null : fillConcerns(about, last.properties)
  const size = useQuery({
    queryKey: ['previewSegment', 'concerned', filled],
    queryFn: ({ signal }) => askSize(filled, signal),
    enabled: filled !== null,
    staleTime: 60_000,
    retry: false,
  })
  if (asked === '' || latest.data === undefined) return null
  if (last === undefined)
    return (
      <p className="soft">
        The shop has not said “{asked}” yet, so whom it would concern cannot be counted. Send one with{' '}
        <code className="mono">throughline shop-event send</code>.
      </p>
    )
  if (filled === null) {
    const misfits = sayMisfits(about, last.properties)
    // Nothing is said of an event while the condition is not finished.
    return misfits === '' ? null : (
      <p className="soft">
        The latest one, <When at={last.receivedAt} />, would concern nobody: {misfits}.
      </p>
    )
  }
  return (
    <p className="soft" role="status">
      {size.data === undefined ? (
        size.error === null ? (
          'Counting whom the latest one concerns …'
        ) : (
          size.error.message
        )
      ) : (
        <>
          The latest one came <When at={last.receivedAt} />; today it would concern {size.data.exact ? '' : 'about '}
          {counted(format, size.data.size, 'person', 'people')}.
        </>
      )}
    </p>
  )
}

async function askSize(where: Condition | null, signal: AbortSignal): Promise<RouteResponse<'previewSegment'>> {
  if (where === null) throw new Error('There is nobody to ask about.')
  return call('previewSegment', { body: { where, quick: true, parts: [] } }, signal)
}
