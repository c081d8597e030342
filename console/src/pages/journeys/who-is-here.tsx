import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { askPages } from '../../api/queries.ts'
import { counted } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
import { personTitle } from '../../format/person-words.ts'
import { More } from '../../ui/more.tsx'
import { Panel } from '../../ui/panel.tsx'
import { PersonLink } from '../../ui/person.tsx'
import { Empty, Failure, Pending, Stale } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { stepTitle } from './graph.ts'
import styles from './who-is-here.module.css'

interface WhoProps {
  readonly journey: RouteResponse<'journey'>
  readonly step: string
  readonly close: () => void
}

/** Who stands at a step now, since when, and when they go on. */
export function WhoIsHere({ journey, step, close }: WhoProps) {
  const format = useFormat()
  const people = useInfiniteQuery({
    ...askPages('journeyPeople', { params: { id: journey.id }, query: { step, version: journey.version, limit: 50 } }),
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) === 1 ? 2_000 : false),
  })
  const rows = people.data?.pages.flatMap((page) => page.items) ?? []
  const inside = journey.steps.find((one) => one.step === step)?.inside ?? 0
  return (
    <Panel
      title={`At “${stepTitle(journey.definition, step)}” now: ${counted(format, inside, 'person', 'people')}`}
      flush
      aside={
        <Button variant="subtle" color="gray" size="compact-sm" onClick={close}>
          Close
        </Button>
      }
    >
      {people.data === undefined ? (
        people.error !== null && !people.isFetching ? (
          <Failure error={people.error} what="The people at this step" retry={() => void people.refetch()} />
        ) : (
          <Pending what="people" rows={4} />
        )
      ) : rows.length === 0 ? (
        <Empty title="Nobody stands here now">People pass this step at once, or none has come so far.</Empty>
      ) : (
        <>
          <Stale query={people} />
          <ul className={styles.list}>
            {rows.map((row) => (
              <li key={`${row.person.id}:${row.enteredAt}`} className={styles.item}>
                <PersonLink id={row.person.id} name={personTitle(row.person)} />
                <span className={styles.words}>
                  here since <When at={row.since} as="stamp" />
                  {row.wakesAt === null ? (
                    ''
                  ) : (
                    <>
                      {' '}
                      · goes on <When at={row.wakesAt} />
                    </>
                  )}
                </span>
              </li>
            ))}
          </ul>
          <More
            hasMore={people.hasNextPage}
            loading={people.isFetchingNextPage}
            error={people.isFetchNextPageError ? people.error : null}
            load={() => void people.fetchNextPage()}
          />
        </>
      )}
    </Panel>
  )
}
