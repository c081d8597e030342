import { useMemo } from 'react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { channelTable } from '@throughline/contracts'
import type { CampaignSummary, RouteResponse } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { costWords, isOpen } from '../../../format/campaign-words.ts'
import { counted, length } from '../../../format/format.ts'
import { channelNames } from '../../../format/message-words.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Panel } from '../../../ui/panel.tsx'
import { Failure, Pending } from '../../../ui/states.tsx'
import { When } from '../../../ui/when.tsx'
import { about } from '../../segments/builder/about.ts'
import type { CampaignDraft } from './draft.ts'
import { conditionOf } from './use-estimate.ts'
import type { Estimate } from './use-estimate.ts'
import styles from './editor.module.css'

interface EstimateProps {
  readonly draft: CampaignDraft
  readonly estimate: Estimate
  /** Of the campaign that is edited; null: it is new. */
  readonly id: string | null
  readonly isPast: boolean
}

/** How many that reaches, on this channel and on others, what it costs, how long it takes, and who else writes to them these days. */
export function EstimatePanel({ draft, estimate, id, isPast }: EstimateProps) {
  const { answer, counting, error } = estimate
  if (draft.segment === '')
    return (
      <Panel title="How many that reaches">
        <p className="soft">Choose an audience to see how many that reaches, where, and at what cost.</p>
      </Panel>
    )
  return (
    <Panel title="How many that reaches">
      <div aria-busy={counting}>
        {isPast ? <p className={styles.wrong}>Its time is over everywhere: nobody would get it. Choose a later one.</p> : null}
        {error === null ? null : <Failure error={error} retry={estimate.retry} />}
        {answer === undefined ? (
          counting ? (
            <Pending what="the estimate" rows={2} />
          ) : error === null ? (
            <p className="soft">What they get and when decides how many it reaches.</p>
          ) : null
        ) : (
          <div className={counting ? styles.late : undefined} aria-live="polite">
            <Reached answer={answer} channel={channelTable[draft.channel].word} />
          </div>
        )}
        <Elsewhere draft={draft} id={id} />
      </div>
    </Panel>
  )
}

function Reached({ answer, channel }: { readonly answer: NonNullable<Estimate['answer']>; readonly channel: string }) {
  const format = useFormat()
  const { audience, excluded, reachable, heldOut, exact, margin, seconds } = answer
  const shown = exact ? { value: reachable, margin: 0 } : about(reachable, margin)
  const cost = costWords(answer, format)
  const unreached = Math.max(0, audience - excluded - reachable - heldOut)
  return (
    <>
      <p className={styles.size}>
        {exact ? '' : 'about '}
        <strong>{format.number(shown.value)}</strong> {exact ? '' : `(± ${format.number(shown.margin)}) `}
        <span className="soft">
          {reachable === 1 ? 'person' : 'people'} by {channel}
        </span>
      </p>
      <ul className={styles.list} style={{ marginTop: 8 }}>
        {(
          [
            ['In the audience', format.number(audience)],
            ['Left out by you', format.number(excluded)],
            ['Not reached', format.number(unreached)],
            ...(heldOut === 0 ? [] : [['Held out', `about ${format.number(heldOut)}`] as const]),
            ['Cost', cost ?? `no price is set for ${channel}`],
            ...(seconds === null ? [] : [['Takes', `about ${length(Math.max(1_000, seconds * 1_000))}`] as const]),
          ] as const
        ).map(([name, value]) => (
          <li key={name} className={styles.line}>
            <span>{name}</span>
            <span className="num">{value}</span>
            {name === 'Not reached' && unreached > 0 ? (
              <span className={styles.note}>No address there, no consent, or suppressed. Limits and quiet hours may hold back more.</span>
            ) : null}
          </li>
        ))}
      </ul>
    </>
  )
}

/** No more segments can be compared in one question. */
const most = 4
const days = 7 * 86_400_000

/** The other channels, and other campaigns planned for the same people; estimated from some of them. */
function Elsewhere({ draft, id }: Pick<EstimateProps, 'draft' | 'id'>) {
  const format = useFormat()
  const { segment, except } = draft
  const where = useMemo(() => conditionOf({ segment, except }), [segment, except])
  const { planned, failed } = usePlanned(id)
  const overlap = [...new Set((planned ?? []).flatMap(({ audience }) => (audience === undefined ? [] : [audience])))].slice(0, most)
  const preview = useQuery({
    ...ask('previewSegment', {
      body: { where: where ?? { kind: 'all', of: [] }, quick: true, parts: overlap.length > 0 ? ['reach', 'overlap'] : ['reach'], overlap },
    }),
    enabled: where !== null,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  })
  const { data } = preview
  if (data === undefined)
    return preview.error === null ? (
      <Pending what="other channels" rows={2} />
    ) : (
      <Failure error={preview.error} what="Other channels" retry={() => void preview.refetch()} />
    )
  const reach = (data.reach ?? []).filter(({ people, channel }) => people > 0 || channel === draft.channel)
  return (
    <div className={preview.isPlaceholderData ? styles.late : undefined}>
      <h3 className={styles.title}>By channel</h3>
      <ul className={styles.list}>
        {reach.map((one) => {
          const cost = costWords({ cost: one.cost, currency: data.currency }, format)
          return (
            <li key={one.channel} className={`${styles.line} ${one.channel === draft.channel ? styles.chosen : ''}`}>
              <span>{channelNames[one.channel]}</span>
              <span className="num">
                {one.exact ? '' : 'about '}
                {format.number(one.exact ? one.people : about(one.people, one.margin).value)}
              </span>
              {cost === null ? null : <span className={styles.note}>{cost} for one message to each</span>}
            </li>
          )
        })}
      </ul>
      <h3 className={styles.title}>Planned for the same people within 7 days</h3>
      {failed !== null ? (
        <Failure {...failed} what="Other campaigns" />
      ) : planned === null || (preview.isPlaceholderData && planned.length > 0) ? (
        <Pending what="other campaigns" rows={1} />
      ) : (
        <Same planned={planned} data={data} compared={overlap} />
      )}
    </div>
  )
}

interface SameProps {
  readonly planned: readonly Planned[]
  readonly data: RouteResponse<'previewSegment'>
  /** Segments of which it was asked how many are in both. */
  readonly compared: readonly string[]
}

/** Which of the campaigns that are planned mean some of the same people. */
function Same({ planned, data: { size, overlap, exact }, compared }: SameProps) {
  const format = useFormat()
  const same = planned.flatMap((one) => {
    const both = one.audience === undefined ? size : overlap?.find(({ id }) => id === one.audience)?.both
    return both === undefined || both === 0 ? [] : [{ ...one, both }]
  })
  const left = planned.filter(({ audience }) => audience !== undefined && !compared.includes(audience)).length
  const none = planned.length === 0 ? 'No other campaign is planned.' : left < planned.length ? 'None of those looked at.' : null
  return (
    <>
      {same.length > 0 ? (
        <ul className={styles.list}>
          {same.map((one) => (
            <li key={one.id} className={styles.line}>
              <span>{one.name}</span>
              <span className="num">
                {exact ? '' : 'about '}
                {counted(format, one.both, 'person', 'people')}
              </span>
              <span className={styles.note}>{one.startsAt === null ? null : <When at={one.startsAt} as="stamp" />}</span>
            </li>
          ))}
        </ul>
      ) : none === null ? null : (
        <p className="soft">{none}</p>
      )}
      {left === 0 ? null : (
        <p className="dim">
          {counted(format, left, 'more campaign is', 'more campaigns are')} planned and not looked at: {most} segments at most are.
        </p>
      )}
    </>
  )
}

type Planned = CampaignSummary & { readonly audience: string | undefined }

/** The other campaigns that go out within a week; null while they are not known. */
function usePlanned(id: string | null) {
  const campaigns = useQuery({ ...ask('campaigns', {}), staleTime: 30_000 })
  const definitions = useQuery({ ...ask('definitions', {}), staleTime: 30_000 })
  const planned = useMemo((): readonly Planned[] | null => {
    if (campaigns.data === undefined || definitions.data === undefined) return null
    const audiences = new Map(
      definitions.data.items.flatMap(({ definition: one }) => (one.kind === 'campaign' ? [[one.id, one.audience.segment] as const] : [])),
    )
    return campaigns.data.items
      .filter((one) => one.id !== id && isOpen(one.state) && (one.startsAt ?? 0) < Date.now() + days && audiences.has(one.id))
      .map((one) => ({ ...one, audience: audiences.get(one.id) }))
  }, [campaigns.data, definitions.data, id])
  const broken = [campaigns, definitions].find(({ data, error, isFetching }) => data === undefined && error !== null && !isFetching)
  return { planned, failed: broken === undefined ? null : { error: broken.error, retry: () => void broken.refetch() } }
}
