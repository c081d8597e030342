import { useQuery } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import { counted, length } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Pill } from '../../ui/pill.tsx'
import { Loaded } from '../../ui/states.tsx'
import styles from './settings.module.css'

type StatusData = RouteResponse<'status'>
const tones = { ok: ['good', 'works'], degraded: ['wait', 'works badly'], down: ['bad', 'down'] } as const

/** How the parts are, and how far each is behind. */
export function Status() {
  const status = useQuery({ ...ask('status', {}), refetchInterval: 3_000 })
  return (
    <Page title="Status" lead={status.data === undefined ? undefined : `Throughline ${status.data.version}`}>
      <Loaded query={status} what="the status">
        {(data) => (
          <>
            <Verdict data={data} />
            <Panel title="How far behind">
              <Behind data={data} />
            </Panel>
            <Panel title="Parts" flush>
              <ul>
                {data.components.map((part) => (
                  <li key={part.name} className={styles.item2}>
                    <div className={styles.itemHead}>
                      <strong>{part.name}</strong>
                      <Pill tone={tones[part.state][0]}>{tones[part.state][1]}</Pill>
                    </div>
                    <span className="soft break">{part.detail}</span>
                  </li>
                ))}
                {data.workers.map((worker) => (
                  <li key={worker.id} className={styles.item2}>
                    <div className={styles.itemHead}>
                      <span>
                        Worker <span className="mono">{worker.id}</span>
                      </span>
                      <span className="dim">carries {worker.shards} of 64 shards</span>
                    </div>
                  </li>
                ))}
              </ul>
            </Panel>
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Verdict({ data }: { readonly data: StatusData }) {
  const worst = data.components.some((part) => part.state === 'down')
    ? 'down'
    : data.components.some((part) => part.state === 'degraded')
      ? 'degraded'
      : 'ok'
  const ill = data.components
    .filter((part) => part.state !== 'ok')
    .map((part) => part.name)
    .join(', ')
  const words = {
    ok: 'Everything works.',
    degraded: `It works, but look at: ${ill}.`,
    down: `Not everything works: ${ill}. Events are still taken as long as PostgreSQL is up, and nothing that was taken is lost.`,
  } as const
  return (
    <p className={`${styles.note} ${{ ok: styles.good, degraded: styles.wait, down: styles.bad }[worst]}`} role="status">
      {words[worst]}
    </p>
  )
}

function Behind({ data }: { readonly data: StatusData }) {
  const format = useFormat()
  const figures = [
    [length(data.pipelineLagMs), 'from event to effect', 'age of the oldest event that waits'],
    [
      format.number(data.inboxBehind),
      'events wait to be handled',
      data.inboxBehind === 0 ? 'none' : 'journeys react when their turn comes',
    ],
    [format.number(data.exportBehind), 'events wait for history', 'timelines show them when ClickHouse has them'],
    [format.number(data.outboxQueued), 'messages wait', counted(format, data.workers.length, 'worker is', 'workers are') + ' at it'],
  ] as const
  return (
    <div className={styles.figures}>
      {figures.map(([value, name, note]) => (
        <div key={name} className={styles.figure}>
          <span className={styles.value}>{value}</span>
          <span>{name}</span>
          <span className="dim" style={{ fontSize: 12.5 }}>
            {note}
          </span>
        </div>
      ))}
    </div>
  )
}
