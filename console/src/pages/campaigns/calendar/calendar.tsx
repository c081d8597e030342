import { useMemo, useState } from 'react'
import { ActionIcon, Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { useFormat, useNow } from '../../../format/use-format.ts'
import { Chips } from '../../../ui/chips.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { Empty, Failure, Pending, Stale } from '../../../ui/states.tsx'
import { Agenda } from './agenda.tsx'
import { entriesIn, monthsLater, weeksOf } from './entries.ts'
import { Month } from './month.tsx'
import styles from './calendar.module.css'

const views = [
  ['month', 'Month'],
  ['agenda', 'Agenda'],
] as const

/** Everything planned: sends of campaigns with their repetitions, and times at which journeys take people in, open or close. */
export function CalendarPage() {
  const { month: asked, view } = useSearch({ from: '/app/campaigns/_calendar' })
  const navigate = useNavigate({ from: '/campaigns/_calendar' })
  const narrow = useMediaQuery('(max-width: 760px)', undefined, { getInitialValueInEffect: false })
  const campaigns = useQuery({ ...ask('campaigns', {}), refetchInterval: 15_000 })
  const definitions = useQuery({ ...ask('definitions', {}), staleTime: 30_000 })
  const journeys = useQuery({ ...ask('journeys', {}), staleTime: 30_000 })
  const asking = [campaigns, definitions, journeys]
  const failed = asking.some(({ isFetching }) => isFetching)
    ? undefined
    : asking.find(({ data, error }) => data === undefined && error !== null)
  const format = useFormat()
  const today = format.dayKey(useNow())
  const month = asked ?? today.slice(0, 7)
  const shown = narrow === true ? 'agenda' : (view ?? 'month')
  const [land, setLand] = useState<string | null>(null)
  const go = (next: string | undefined, day: string | null = null): void => {
    setLand(day)
    void navigate({ search: (now) => ({ ...now, month: next }), replace: true, resetScroll: false })
  }
  return (
    <Page
      title="Calendar"
      lead="All that is planned: campaigns, and the times at which journeys take people in. Days and times are the shop’s, unless it says “their time”."
      actions={
        <Button component={Link} to="/campaigns" variant="default">
          List of campaigns
        </Button>
      }
    >
      <Panel flush>
        <div className={styles.head}>
          <div className="row">
            <ActionIcon variant="default" size="lg" aria-label="The month before" onClick={() => go(monthsLater(month, -1))}>
              <IconChevronLeft size={18} aria-hidden />
            </ActionIcon>
            <ActionIcon variant="default" size="lg" aria-label="The month after" onClick={() => go(monthsLater(month, 1))}>
              <IconChevronRight size={18} aria-hidden />
            </ActionIcon>
            <h2 className={styles.month} aria-live="polite">
              {monthWords(month)}
            </h2>
            {month === today.slice(0, 7) ? null : (
              <Button variant="subtle" size="compact-sm" onClick={() => go(undefined)}>
                This month
              </Button>
            )}
          </div>
          {narrow === true ? null : (
            <Chips
              label="How to show it"
              options={views}
              value={shown}
              onChange={(next) => void navigate({ search: (now) => ({ ...now, view: next }), replace: true, resetScroll: false })}
            />
          )}
        </div>
        {campaigns.data === undefined || definitions.data === undefined || journeys.data === undefined ? (
          failed === undefined ? (
            <Pending what="the calendar" />
          ) : (
            <Failure
              error={failed.error}
              what="The calendar"
              retry={() => {
                for (const one of asking) if (one.data === undefined) void one.refetch()
              }}
            />
          )
        ) : (
          <>
            <Stale query={campaigns} />
            <Planned
              campaigns={campaigns.data.items}
              definitions={definitions.data.items}
              journeys={journeys.data.items}
              month={month}
              today={today}
              view={shown}
              land={land}
              go={go}
            />
          </>
        )}
      </Panel>
    </Page>
  )
}

interface PlannedProps {
  readonly campaigns: RouteResponse<'campaigns'>['items']
  readonly definitions: RouteResponse<'definitions'>['items']
  readonly journeys: RouteResponse<'journeys'>['items']
  readonly month: string
  readonly today: string
  readonly view: 'month' | 'agenda'
  readonly land: string | null
  readonly go: (month: string, day: string) => void
}

function Planned({ campaigns, definitions, journeys, month, today, view, land, go }: PlannedProps) {
  const { zone } = useFormat()
  const [now] = useState(Date.now)
  const weeks = useMemo(() => weeksOf(month), [month])
  const entries = useMemo(
    () =>
      entriesIn(
        { from: weeks[0]![0]!, to: weeks.at(-1)![6]! },
        {
          campaigns,
          definitions: definitions.map(({ definition }) => definition),
          live: new Set(journeys.flatMap(({ id, state }) => (state === 'live' ? [id] : []))),
          now,
          zone,
        },
      ),
    [weeks, campaigns, definitions, journeys, now, zone],
  )
  if (view === 'month') return <Month key={month} weeks={weeks} month={month} today={today} entries={entries} land={land} go={go} />
  const within = entries.filter(({ day }) => day.startsWith(month))
  if (within.length > 0) return <Agenda entries={within} today={today} />
  return (
    <Empty
      title="Nothing is planned for this month"
      action={
        <Button component={Link} to="/campaigns/_new">
          New campaign
        </Button>
      }
    >
      What you schedule stands here, so that nobody gets three messages on one day by accident.
    </Empty>
  )
}

const monthFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'long', year: 'numeric' })
const monthWords = (month: string): string => monthFormat.format(Date.parse(`${month}-01`))
