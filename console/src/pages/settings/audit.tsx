import { Button, Select } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { auditOutcomes, isAudited, routes } from '@throughline/contracts'
import type { AuditEntry, Route, RouteName } from '@throughline/contracts'
import { useMayCall } from '../../api/access.ts'
import { askPages } from '../../api/queries.ts'
import { jsonWords } from '../../ui/json-view.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Pill } from '../../ui/pill.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { Empty } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { Denied } from './denied.tsx'
import styles from './audit.module.css'

type Outcome = AuditEntry['outcome']
const outcomeNames: Record<Outcome, string> = { begun: 'end unknown', done: 'done', refused: 'refused', failed: 'failed' }
const tones = { begun: 'plain', done: 'good', refused: 'plain', failed: 'bad' } as const

const actions = (Object.entries(routes) as [RouteName, Route][])
  .filter(([, route]) => isAudited(route))
  .map(([value, route]) => ({ value, label: titleOf(route.summary) }))
  .sort((a, b) => a.label.localeCompare(b.label))

/** Who did what, when, and on whom. */
export function Audit() {
  const allowed = useMayCall('auditLog')
  const filter = useSearch({ from: '/app/settings/audit' })
  const navigate = useNavigate({ from: '/settings/audit' })
  const log = useInfiniteQuery({
    ...askPages('auditLog', { query: { ...filter, limit: 50 } }),
    enabled: allowed.kind === 'yes',
    placeholderData: keepPreviousData,
  })
  const set = (change: Partial<typeof filter>): void => void navigate({ search: (now) => ({ ...now, ...change }), replace: true })
  const narrowed = Object.values(filter).some((value) => value !== undefined)
  return (
    <Page
      title="Audit log"
      lead="Everything that was changed or handed out here: who did it, when, and on whom. It holds no secrets, and nobody can change it."
    >
      {allowed.kind === 'no' ? (
        <Denied why={allowed.why} />
      ) : (
        <>
          <div className={styles.filters} role="group" aria-label="Filter">
            <SearchBox label="Who" value={filter.actor ?? ''} onSearch={(actor) => set({ actor: actor === '' ? undefined : actor })} />
            <Select
              aria-label="What was done"
              placeholder="Every action"
              searchable
              clearable
              clearButtonProps={{ 'aria-label': 'Every action' }}
              value={filter.action ?? null}
              data={actions}
              onChange={(value) => set({ action: value ?? undefined })}
            />
            <Select
              aria-label="How it ended"
              placeholder="However it ended"
              clearable
              clearButtonProps={{ 'aria-label': 'However it ended' }}
              value={filter.outcome ?? null}
              data={auditOutcomes.map((one) => ({ value: one, label: outcomeNames[one] }))}
              onChange={(value) => set({ outcome: auditOutcomes.find((one) => one === value) })}
            />
            {filter.subject === undefined ? null : (
              <Button variant="default" onClick={() => set({ subject: undefined })}>
                Only on {short(filter.subject)} ×<span className="vh"> show all</span>
              </Button>
            )}
          </div>
          <Panel flush>
            <Paged
              query={log}
              what="the audit log"
              rows={8}
              end="That is the beginning."
              empty={
                <Empty
                  title={narrowed ? 'Nothing like that was done' : 'Nothing has been done yet'}
                  action={
                    narrowed ? (
                      <Button variant="default" onClick={() => void navigate({ search: {}, replace: true })}>
                        Show everything
                      </Button>
                    ) : undefined
                  }
                >
                  {narrowed ? undefined : 'Sign-ins, changed settings, published journeys, and what is done with people appear here.'}
                </Empty>
              }
            >
              {(rows) => (
                <ol className={styles.log} aria-label="Audit log">
                  {rows.map((entry) => (
                    <Entry key={entry.id} entry={entry} />
                  ))}
                </ol>
              )}
            </Paged>
          </Panel>
        </>
      )}
    </Page>
  )
}

/** What was done, without what the API's description says besides. */
function titleOf(summary: string): string {
  return summary.split(/[;:]/)[0] ?? summary
}

function Entry({ entry }: { readonly entry: AuditEntry }) {
  const fields = [...new Set([...Object.keys(entry.before ?? {}), ...Object.keys(entry.after ?? {})])]
  return (
    <li className={styles.entry}>
      <div className={styles.head}>
        <span>
          <strong>{titleOf(entry.summary)}</strong>
          {entry.subject === null ? null : (
            <span className="soft">
              {' · '}
              <Subject entry={entry} subject={entry.subject} />
            </span>
          )}
        </span>
        <span className={styles.end}>
          {entry.outcome === 'done' ? null : <Pill tone={tones[entry.outcome]}>{outcomeNames[entry.outcome]}</Pill>}
          <When at={entry.at} as="stamp" />
        </span>
      </div>
      <p className="dim">
        {entry.actor.name}
        {entry.actor.kind === 'api-key' ? ' (API key)' : ''} from {entry.ip}
        {entry.code === null ? null : (
          <>
            {' · '}
            <span className="mono">{entry.code}</span>
          </>
        )}
      </p>
      {fields.length === 0 ? null : (
        <details className={styles.more}>
          <summary>{entry.before === null ? 'What was asked for' : 'What changed'}</summary>
          <dl className={styles.fields}>
            {fields.map((name) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="break">
                  {entry.before === null ? null : <span className={styles.before}>{jsonWords(entry.before[name])}</span>}
                  {entry.before !== null ? ' → ' : null}
                  {entry.after === null ? 'removed' : jsonWords(entry.after[name])}
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </li>
  )
}

const short = (subject: string): string => (subject.length > 24 ? `${subject.slice(0, 8)}…` : subject)

function Subject({ entry, subject }: { readonly entry: AuditEntry; readonly subject: string }) {
  const route: Route | undefined = entry.action in routes ? routes[entry.action as RouteName] : undefined
  if (route?.path.startsWith('/api/people/:id') !== true) return <span className="break">{subject}</span>
  return (
    <Link to="/people/$id" params={{ id: subject }} search={{}} className="link">
      person {short(subject)}
    </Link>
  )
}
