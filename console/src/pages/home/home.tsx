import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import { counted } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
import { Bars } from '../../ui/bars.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Loaded, Pending } from '../../ui/states.tsx'
import { FirstSteps } from './first-steps.tsx'
import { JourneysNow } from './journeys-now.tsx'
import styles from './home.module.css'

type Overview = RouteResponse<'overview'>

/** The start page: how things stand, what moves, and what to do next. */
export function Home() {
  const overview = useQuery({ ...ask('overview', {}), refetchInterval: 5_000 })
  return (
    <Page title="Home">
      <Loaded query={overview} what="figures" pending={<Pending what="figures" rows={3} height={90} />}>
        {(data) => (
          <>
            <Figures data={data} />
            <Rate data={data} />
            {data.people === 0 || data.inJourneys === 0 ? <FirstSteps overview={data} /> : null}
          </>
        )}
      </Loaded>
      <JourneysNow />
    </Page>
  )
}

function Figures({ data }: { readonly data: Overview }) {
  const format = useFormat()
  const figures = [
    {
      to: '/people',
      name: 'People',
      value: data.people,
      note: `${format.number(data.known)} known by name or e-mail, ${format.number(data.people - data.known)} visitors`,
    },
    { to: '/journeys', name: 'In journeys now', value: data.inJourneys, note: 'people who are on their way through one' },
    {
      to: '/messages',
      name: 'Messages today',
      value: data.messagesToday,
      note: data.heldToday === 0 ? 'none held back' : `${format.number(data.heldToday)} more held back, each with its reason`,
    },
    {
      to: '/rejected',
      name: 'Rejected today',
      value: data.rejectedToday,
      note: data.rejectedToday === 0 ? 'every event was good' : 'events that were refused; see why',
    },
  ] as const
  return (
    <ul className={styles.figures}>
      {figures.map((figure) => (
        <li key={figure.to}>
          <Link to={figure.to} className={styles.figure}>
            <span className={styles.name}>{figure.name}</span>
            <span className={`${styles.value} ${figure.to === '/rejected' && figure.value > 0 ? styles.bad : ''}`}>
              {format.number(figure.value)}
            </span>
            <span className={styles.note}>{figure.note}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

function Rate({ data }: { readonly data: Overview }) {
  const format = useFormat()
  const minutes = data.eventsPerMinute
  const most = minutes.reduce((best, one) => (one.count > best.count ? one : best), { at: 0, count: 0 })
  const first = minutes[0]
  const label =
    most.count === 0
      ? 'Events per minute over the last hour: none.'
      : `Events per minute over the last hour: ${counted(format, data.eventsLastHour, 'event', 'events')} in all, at most ${format.number(most.count)} in the minute of ${format.minute(most.at)}.`
  return (
    <Panel
      title="Events in the last hour"
      aside={
        <Button component={Link} to="/live" variant="subtle" size="compact-sm">
          Watch them live
        </Button>
      }
    >
      <div className={styles.rate}>
        <div className={styles.rateWords}>
          <span className={styles.value}>{format.number(data.eventsLastHour)}</span>
          <span className={styles.note}>
            {most.count === 0 ? 'nothing has come in' : `busiest minute: ${format.minute(most.at)} with ${format.number(most.count)}`}
          </span>
        </div>
        <div className={styles.chart}>
          <Bars
            values={minutes}
            label={label}
            words={(at, count) => `${format.minute(at)}: ${counted(format, count, 'event', 'events')}`}
          />
          <div className={styles.axis} aria-hidden>
            <span>{first === undefined ? '' : format.minute(first.at)}</span>
            <span>per minute, {format.zone}</span>
            <span>now</span>
          </div>
        </div>
      </div>
    </Panel>
  )
}
