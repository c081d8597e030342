import { useMemo } from 'react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { channelTable } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { costWords } from '../../../format/campaign-words.ts'
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
  readonly isPast: boolean
}

/** How many that reaches, on this channel and on others, what it costs, how long it takes, and who else writes to them these days. */
export function EstimatePanel({ draft, estimate, isPast }: EstimateProps) {
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
            <Reached answer={answer} channel={channelTable[draft.channel].word} purpose={draft.purpose} />
            <Nearby answer={answer} />
          </div>
        )}
        <ByChannel draft={draft} />
      </div>
    </Panel>
  )
}

interface ReachedProps {
  readonly answer: NonNullable<Estimate['answer']>
  readonly channel: string
  readonly purpose: CampaignDraft['purpose']
}

function Reached({ answer, channel, purpose }: ReachedProps) {
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
              <span className={styles.note}>
                {purpose === 'transactional'
                  ? 'No address there, or suppressed.'
                  : 'No address there, no consent, or suppressed. Limits and quiet hours may hold back more.'}
              </span>
            ) : null}
          </li>
        ))}
      </ul>
    </>
  )
}

/** Which other campaigns write to some of the same people about then. */
function Nearby({ answer: { overlaps, notCompared } }: { readonly answer: NonNullable<Estimate['answer']> }) {
  const format = useFormat()
  const same = overlaps.filter(({ both }) => both > 0)
  return (
    <>
      <h3 className={styles.title}>Other campaigns to the same people within 7 days</h3>
      {same.length > 0 ? (
        <ul className={styles.list}>
          {same.map(({ campaign, name, at, both, margin }) => (
            <li key={campaign} className={styles.line}>
              <span>{name}</span>
              <span className="num">
                {margin === 0 ? '' : 'about '}
                {counted(format, about(both, margin).value, 'person', 'people')}
              </span>
              <span className={styles.note}>
                <When at={at} as="stamp" />
              </span>
            </li>
          ))}
        </ul>
      ) : overlaps.length > 0 || notCompared === 0 ? (
        <p className="soft">{overlaps.length === 0 ? 'No other campaign goes out.' : 'None of those looked at.'}</p>
      ) : null}
      {notCompared === 0 ? null : (
        <p className="dim">
          {counted(format, notCompared, 'more campaign goes', 'more campaigns go')} out and {notCompared === 1 ? 'was' : 'were'} not looked
          at: 4 segments at most are.
        </p>
      )}
    </>
  )
}

/** How many each channel reaches; estimated from some of them. */
function ByChannel({ draft }: Pick<EstimateProps, 'draft'>) {
  const format = useFormat()
  const { segment, except } = draft
  const where = useMemo(() => conditionOf({ segment, except }), [segment, except])
  const preview = useQuery({
    ...ask('previewSegment', { body: { where: where ?? { kind: 'all', of: [] }, purpose: draft.purpose, quick: true, parts: ['reach'] } }),
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
    </div>
  )
}
