import { useState } from 'react'
import { MultiSelect, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { channelTable } from '@throughline/contracts'
import type { RouteResponse } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { minorToMajor } from '../../../format/format.ts'
import type { Format } from '../../../format/format.ts'
import { channelNames } from '../../../format/message-words.ts'
import { personTitle } from '../../../format/person-words.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Bars } from '../../../ui/bars.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { Failure } from '../../../ui/states.tsx'
import { about } from './about.ts'
import type { Preview } from './use-preview.ts'
import styles from './preview.module.css'

type Answer = RouteResponse<'previewSegment'>

interface PreviewProps {
  readonly preview: Preview
  /** Why nothing can be asked now; the last answer stays. */
  readonly waiting: string | null
  /** Whether the server's refusal is shown at its field already. */
  readonly placed: boolean
  readonly overlap: readonly string[]
  readonly onOverlap: (ids: readonly string[]) => void
  /** The segment that is edited, which needs no comparison with itself. */
  readonly self: string | null
}

/** Who is meant, before anything is saved: how many, how many come and go, where they can be reached and at what cost, and who they are. */
export function PreviewPanel({ preview, waiting, placed, overlap, onOverlap, self }: PreviewProps) {
  const format = useFormat()
  const { answer, counting, error, empty, late } = preview
  return (
    <Panel title="Who that is now">
      <div aria-busy={late || empty}>
        {waiting !== null && answer === undefined ? <p className="soft">{waiting}</p> : null}
        {error !== null && !placed && waiting === null ? <Failure error={error} retry={preview.retry} /> : null}
        {answer === undefined ? (
          waiting === null && error === null ? (
            <>
              <Skeleton height={40} width="60%" radius={4} aria-label="Counting" />
              <Skeleton height={120} mt={16} radius={4} aria-hidden />
            </>
          ) : null
        ) : (
          <div className={late || waiting !== null ? styles.late : undefined}>
            <Size answer={answer} counting={counting} format={format} />
            {waiting === null ? null : <p className={styles.note}>As it was before what is not filled in yet.</p>}
            <Rest answer={answer} format={format} />
          </div>
        )}
        {answer === undefined ? null : (
          <>
            <h3 className={styles.title}>In common with</h3>
            <OverlapPicker value={overlap} onChange={onOverlap} self={self} />
            <Overlap answer={answer} format={format} />
          </>
        )}
      </div>
    </Panel>
  )
}

function Size({ answer, counting, format }: { readonly answer: Answer; readonly counting: boolean; readonly format: Format }) {
  const { size, people, exact, margin } = answer
  const shown = about(size, margin)
  const share = people === 0 ? 0 : size / people
  return (
    <div aria-live="polite">
      <p className={styles.size}>
        {exact ? '' : <span className={styles.about}>about </span>}
        <strong>{format.number(shown.value)}</strong>
        {exact ? '' : <span className={styles.about}> (± {format.number(shown.margin)})</span>}{' '}
        <span className="soft">{size === 1 ? 'person' : 'people'}</span>
      </p>
      <p className={styles.note}>
        {people === 0 ? 'Nobody is known yet' : `${shareOf(share, format)} of all ${format.number(people)}`}
        {exact ? '' : ` · estimated from a sample${counting ? '; the exact number follows' : ''}`}
      </p>
      <span className={styles.bar} aria-hidden>
        {share === 0 ? null : <span style={{ width: `${Math.min(100, share * 100)}%` }} />}
      </span>
    </div>
  )
}

function shareOf(share: number, format: Format): string {
  if (share > 0 && share < 0.001) return 'Less than 0.1 %'
  return `${format.number(Math.round(share * (share < 0.1 ? 1_000 : 100)) / (share < 0.1 ? 10 : 1))} %`
}

function Rest({ answer, format }: { readonly answer: Answer; readonly format: Format }) {
  const { reach, entrants, sample, size, exact, currency, upTo } = answer
  const isReached = ({ people, margin }: NonNullable<Answer['reach']>[number]): boolean => people + margin > 0
  const reachable = (reach ?? []).filter((one) => isReached(one) || channelTable[one.channel].carrier !== 'none')
  const nobody = (reach ?? []).flatMap((one) => (reachable.includes(one) ? [] : [channelTable[one.channel].word])).join(', ')
  return (
    <>
      {entrants === null ? null : <Entrants entrants={entrants} format={format} />}
      {reach === null ? null : (
        <>
          <h3 className={styles.title}>Can be reached</h3>
          <ul className={styles.list}>
            {reachable.map((one) => (
              <li key={one.channel} className={styles.line}>
                <span>{channelNames[one.channel]}</span>
                <span className="num">
                  <About exact={one.exact} value={one.people} margin={one.margin} format={format} />
                  <span className="dim">{size === 0 ? '' : ` · ${shareOf(one.people / size, format)}`}</span>
                </span>
                {one.cost === null ? null : (
                  <span className={styles.cost}>
                    about {format.money(minorToMajor(one.cost, currency), currency)} for one message to each
                  </span>
                )}
              </li>
            ))}
          </ul>
          {nobody === '' ? null : <p className="dim">Nobody by {nobody}.</p>}
        </>
      )}
      {sample === null || sample.length === 0 ? null : <Sample people={sample} all={exact && sample.length >= size} />}
      {upTo === null ? null : <p className={styles.note}>Counted from all that came in until {format.clock(upTo)}.</p>}
    </>
  )
}

function Entrants({ entrants, format }: { readonly entrants: NonNullable<Answer['entrants']>; readonly format: Format }) {
  // Today is not over: it is drawn, but not counted.
  const past = entrants.days.slice(0, -1)
  if (past.length === 0) return null
  const mean = (of: (day: (typeof past)[number]) => number): number => Math.round(past.reduce((sum, day) => sum + of(day), 0) / past.length)
  const enter = mean((day) => day.entered)
  const leave = mean((day) => day.left)
  const exact = entrants.share === 1
  const [entering, leaving] = [about(enter, entrants.margin.entered), about(leave, entrants.margin.left)]
  const words = `About ${format.number(entering.value)} enter and ${format.number(leaving.value)} leave a day`
  return (
    <>
      <h3 className={styles.title}>Over the last four weeks</h3>
      <p>
        {words}
        {exact ? null : (
          <span className="dim">
            {' '}
            (± {format.number(entering.margin)} and ± {format.number(leaving.margin)}), estimated from {shareOf(entrants.share, format)} of
            all people
          </span>
        )}
        .
      </p>
      <Bars
        values={entrants.days.map(({ day, entered }) => ({ at: Date.parse(day), count: entered }))}
        label={`${words}: entrants of each of ${entrants.days.length} days`}
        words={(at, count) => `${format.calendarDay(new Date(at).toISOString().slice(0, 10))}: ${format.number(count)} would have entered`}
      />
    </>
  )
}

/** A number of people, and how far off it may be. */
function About({
  exact,
  value,
  margin,
  format,
}: {
  readonly exact: boolean
  readonly value: number
  readonly margin: number
  readonly format: Format
}) {
  if (exact) return format.number(value)
  const shown = about(value, margin)
  return (
    <>
      about {format.number(shown.value)} <span className="dim">(± {format.number(shown.margin)})</span>
    </>
  )
}

function Sample({ people, all }: { readonly people: NonNullable<Answer['sample']>; readonly all: boolean }) {
  const [open, setOpen] = useState(false)
  const shown = open ? people : people.slice(0, 5)
  return (
    <>
      <h3 className={styles.title}>{all ? 'Who they are' : `${people.length} of them, drawn at random`}</h3>
      <ul className={styles.list}>
        {shown.map((person) => (
          <li key={person.id} className={styles.person}>
            <a href={`/people/${person.id}`} target="_blank" rel="noreferrer" className="cut link" title="Opens the profile in another tab">
              {personTitle(person)}
            </a>
            {person.email !== null && person.email !== personTitle(person) ? <span className="cut dim">{person.email}</span> : null}
          </li>
        ))}
      </ul>
      {people.length <= 5 ? null : (
        <button type="button" className={styles.toggle} aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Show fewer' : `Show all ${people.length}`}
        </button>
      )}
    </>
  )
}

function OverlapPicker({
  value,
  onChange,
  self,
}: {
  readonly value: readonly string[]
  readonly onChange: (ids: readonly string[]) => void
  readonly self: string | null
}) {
  const segments = useQuery({ ...ask('segments', {}), staleTime: 60_000 })
  return (
    <MultiSelect
      size="xs"
      aria-label="Segments to compare with"
      placeholder={value.length === 0 ? 'Choose up to four segments' : undefined}
      data={(segments.data?.items ?? []).filter(({ id }) => id !== self).map(({ id, name }) => ({ value: id, label: name }))}
      value={[...value]}
      maxValues={4}
      searchable
      hidePickedOptions
      nothingFoundMessage="No other segment is called so."
      comboboxProps={{ withinPortal: true }}
      onChange={onChange}
    />
  )
}

function Overlap({ answer, format }: { readonly answer: Answer | undefined; readonly format: Format }) {
  if (answer?.overlap === undefined || answer.overlap === null || answer.overlap.length === 0) return null
  return (
    <ul className={styles.list} aria-label="In common">
      {answer.overlap.map((one) => (
        <li key={one.id} className={styles.line}>
          <span className="cut">{one.name}</span>
          <span className="num">
            <About exact={answer.exact} value={one.both} margin={one.margin} format={format} />
            <span className="dim">{answer.size === 0 ? '' : ` · ${shareOf(one.both / answer.size, format)} of these`}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}
