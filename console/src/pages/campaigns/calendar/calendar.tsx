import { useMemo, useState } from 'react'
import { ActionIcon, Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { useFormat, useNow } from '../../../format/use-format.ts'
import { Chips } from '../../../ui/chips.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { Empty, Loaded, Pending } from '../../../ui/states.tsx'
import { Agenda } from './agenda.tsx'
import { entriesIn, monthsLater, spanOf, weeksOf } from './entries.ts'
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
  const format = useFormat()
  const today = format.dayKey(useNow())
  const month = asked ?? today.slice(0, 7)
  const shown = narrow === true ? 'agenda' : (view ?? 'month')
  const planned = useQuery({
    ...ask('calendar', { query: spanOf(rangeOf(month)) }),
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
  })
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
        <Loaded query={planned} what="the calendar">
          {({ items }) => (
            <Planned told={items} isOld={planned.isPlaceholderData} month={month} today={today} view={shown} land={land} go={go} />
          )}
        </Loaded>
      </Panel>
    </Page>
  )
}

interface PlannedProps {
  readonly told: RouteResponse<'calendar'>['items']
  /** They are those of the month before, while those of this one are on their way. */
  readonly isOld: boolean
  readonly month: string
  readonly today: string
  readonly view: 'month' | 'agenda'
  readonly land: string | null
  readonly go: (month: string, day: string) => void
}

function Planned({ told, isOld, month, today, view, land, go }: PlannedProps) {
  const { zone } = useFormat()
  const range = useMemo(() => rangeOf(month), [month])
  const entries = useMemo(() => (isOld ? [] : entriesIn(range, told, zone)), [isOld, range, told, zone])
  if (view === 'month')
    return <Month key={month} weeks={range.weeks} month={month} today={today} entries={entries} isPending={isOld} land={land} go={go} />
  if (isOld) return <Pending what="the calendar" />
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

/** The days of which a month is shown. */
function rangeOf(month: string) {
  const weeks = weeksOf(month)
  return { weeks, from: weeks[0]![0]!, to: weeks.at(-1)![6]! }
}

const monthFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'long', year: 'numeric' })
const monthWords = (month: string): string => monthFormat.format(Date.parse(`${month}-01`))
