import { useCallback, useState } from 'react'
import { Button, Checkbox } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { journeyMoveLimit, type RouteResponse } from '@throughline/contracts'
import { useMayCall } from '../../../api/access.ts'
import { askPages } from '../../../api/queries.ts'
import { counted } from '../../../format/format.ts'
import { useFormat } from '../../../format/use-format.ts'
import { personTitle } from '../../../format/person-words.ts'
import { Action } from '../../../ui/action.tsx'
import { More } from '../../../ui/more.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { PersonLink } from '../../../ui/person.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import { Empty, Failure, Pending, Stale } from '../../../ui/states.tsx'
import { When } from '../../../ui/when.tsx'
import { stepTitle } from '../graph.ts'
import { MoveDialog, RemoveDialog } from './move-dialogs.tsx'
import styles from './people.module.css'

interface WhoProps {
  readonly journey: RouteResponse<'journey'>
  readonly step: string
  /** People of all versions, who can be looked at only. */
  readonly over?: 'all' | undefined
  readonly close: () => void
}

/** Whom a deed is for: everybody at the step, or some by their runs. */
type Chosen = 'all' | ReadonlySet<string>
const nobody: ReadonlySet<string> = new Set()

/** Who stands at a step now, since when, and when they go on; some or all of them can be taken elsewhere. */
export function WhoIsHere({ journey, step, over, close }: WhoProps) {
  const format = useFormat()
  const allowed = useMayCall('moveJourneyPeople').kind === 'yes' && over === undefined
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState<Chosen>(nobody)
  const [deed, setDeed] = useState<'move' | 'remove' | null>(null)
  const people = useInfiniteQuery({
    ...askPages('journeyPeople', {
      params: { id: journey.id },
      query: { step, limit: 50, ...(over === undefined && { version: journey.version }), ...(search !== '' && { search }) },
    }),
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) === 1 ? 2_000 : false),
  })
  const rows = people.data?.pages.flatMap((page) => page.items) ?? []
  const inside = journey.steps.find((one) => one.step === step)?.inside ?? 0
  const title = stepTitle(journey.definition, step)
  // Who has gone on meanwhile is not chosen any more.
  const here = new Set(rows.map(({ run }) => run))
  const some = chosen === 'all' ? nobody : new Set([...chosen].filter((run) => here.has(run)))
  const count = chosen === 'all' ? inside : some.size
  const look = useCallback((text: string) => {
    setSearch(text)
    setChosen(nobody)
  }, [])
  const toggle = (run: string, on: boolean): void => {
    const base = chosen === 'all' ? here : some
    setChosen(on ? new Set([...base, run]) : new Set([...base].filter((one) => one !== run)))
  }
  const blocked =
    count === 0
      ? 'Choose people first.'
      : some.size > journeyMoveLimit
        ? `At most ${journeyMoveLimit} at once, or everybody here.`
        : undefined
  const isEverySeen = chosen === 'all' || (rows.length > 0 && some.size === rows.length)
  const what = {
    journey,
    step,
    title,
    count,
    runs: chosen === 'all' ? undefined : [...some],
    close: () => setDeed(null),
    done: () => {
      setDeed(null)
      setChosen(nobody)
    },
  }
  return (
    <Panel
      title={`At “${title}” now: ${counted(format, inside, 'person', 'people')}`}
      flush
      aside={
        <Button variant="subtle" color="gray" size="compact-sm" onClick={close}>
          Close
        </Button>
      }
    >
      {over === undefined ? null : <p className={styles.words}>Choose one version above to move or remove people.</p>}
      {inside === 0 && search === '' ? null : (
        <div className={styles.bar}>
          <SearchBox label="Find people here" value={search} onSearch={look} />
        </div>
      )}
      {!allowed || rows.length === 0 ? null : (
        <div className={styles.bar}>
          <Checkbox
            size="xs"
            className={styles.chosen}
            checked={isEverySeen}
            indeterminate={count > 0 && !isEverySeen}
            onChange={(event) => setChosen(!event.currentTarget.checked ? nobody : search === '' ? 'all' : here)}
            label={
              count > 0
                ? `${counted(format, count, 'person', 'people')} chosen`
                : search === ''
                  ? `Choose all ${format.number(inside)}`
                  : 'Choose those found'
            }
          />
          <Action route="moveJourneyPeople" size="compact-sm" variant="default" blocked={blocked} onClick={() => setDeed('move')}>
            Move
          </Action>
          <Action
            route="removeJourneyPeople"
            size="compact-sm"
            variant="default"
            color="red"
            blocked={blocked}
            onClick={() => setDeed('remove')}
          >
            Remove
          </Action>
        </div>
      )}
      {people.data === undefined ? (
        people.error !== null && !people.isFetching ? (
          <Failure error={people.error} what="The people at this step" retry={() => void people.refetch()} />
        ) : (
          <Pending what="people" rows={4} />
        )
      ) : rows.length === 0 ? (
        search === '' ? (
          <Empty title="Nobody stands here now">People pass this step at once, or none has come so far.</Empty>
        ) : (
          <Empty title={`Nobody here is found by “${search}”`}>
            Names, e-mail addresses, phone numbers and ids are looked through. <button onClick={() => look('')}>Show everybody here</button>
          </Empty>
        )
      ) : (
        <>
          <Stale query={people} />
          <ul className={styles.list}>
            {rows.map((row) => {
              const name = personTitle(row.person)
              return (
                <li key={row.run} className={styles.item}>
                  {allowed ? (
                    <Checkbox
                      size="xs"
                      aria-label={`Choose ${name}`}
                      checked={chosen === 'all' || some.has(row.run)}
                      onChange={(event) => toggle(row.run, event.currentTarget.checked)}
                    />
                  ) : null}
                  <div className={styles.who}>
                    <PersonLink id={row.person.id} name={name} />
                    <span className={styles.words}>
                      {over === undefined ? '' : `version ${row.version}, `}here since <When at={row.since} as="stamp" />
                      {row.wakesAt === null ? (
                        ''
                      ) : (
                        <>
                          {' '}
                          · goes on <When at={row.wakesAt} />
                        </>
                      )}
                    </span>
                  </div>
                </li>
              )
            })}
          </ul>
          <More
            hasMore={people.hasNextPage}
            loading={people.isFetchingNextPage}
            error={people.isFetchNextPageError ? people.error : null}
            load={() => void people.fetchNextPage()}
          />
        </>
      )}
      {deed === 'move' ? <MoveDialog {...what} /> : deed === 'remove' ? <RemoveDialog {...what} /> : null}
    </Panel>
  )
}
