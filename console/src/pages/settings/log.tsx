import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { JsonObject } from '@throughline/contracts'
import { useMayCall } from '../../api/access.ts'
import { ask } from '../../api/queries.ts'
import { useFormat } from '../../format/use-format.ts'
import { Chips } from '../../ui/chips.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { Denied } from './denied.tsx'
import styles from './settings.module.css'

const levels = [
  ['all', 'All'],
  ['40', 'Warnings and errors'],
  ['50', 'Errors'],
] as const
type Level = (typeof levels)[number][0]
const levelNames: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' }

/** The latest log lines of the server that answers. */
export function Log() {
  const allowed = useMayCall('log')
  const [level, setLevel] = useState<Level>('all')
  const [search, setSearch] = useState('')
  const log = useQuery({ ...ask('log', { query: { limit: 500 } }), enabled: allowed.kind === 'yes', refetchInterval: 5_000 })
  return (
    <Page title="Log" lead="The latest lines of this server, newest first. They hold no secrets.">
      {allowed.kind === 'no' ? (
        <Denied why={allowed.why} />
      ) : (
        <>
          <div className="row">
            <SearchBox label="Find in the lines" value={search} onSearch={setSearch} />
            <Chips label="Level" options={levels} value={level} onChange={setLevel} />
          </div>
          <Panel flush>
            <Loaded query={log} what="log lines">
              {({ items }) => {
                const shown = newestFirst(items).filter(
                  (line) =>
                    (level === 'all' || levelOf(line) >= Number(level)) &&
                    (search === '' || JSON.stringify(line).toLowerCase().includes(search.toLowerCase())),
                )
                return shown.length === 0 ? (
                  <Empty title="No line is like that">{level === '50' ? 'No errors: good.' : undefined}</Empty>
                ) : (
                  <ol className={styles.log} aria-label="Log lines">
                    {shown.map((line, index) => (
                      <Line key={`${timeOf(line)}:${index}`} line={line} />
                    ))}
                  </ol>
                )
              }}
            </Loaded>
          </Panel>
        </>
      )}
    </Page>
  )
}

const levelOf = (line: JsonObject): number => {
  const level = line['level']
  if (typeof level === 'number') return level
  return Number(Object.entries(levelNames).find(([, name]) => name === level)?.[0] ?? 30)
}
const timeOf = (line: JsonObject): number => (typeof line['time'] === 'number' ? line['time'] : Date.parse(String(line['time'] ?? '')) || 0)

function newestFirst(items: readonly JsonObject[]): readonly JsonObject[] {
  return [...items].sort((a, b) => timeOf(b) - timeOf(a))
}

function Line({ line }: { readonly line: JsonObject }) {
  const format = useFormat()
  const { level: _level, time: _time, msg, ...rest } = line
  const level = levelOf(line)
  return (
    <li className={styles.line}>
      <span className="dim">{timeOf(line) === 0 ? '' : format.clock(timeOf(line))}</span>
      <span className={styles[`level${Math.min(50, Math.max(30, level))}`]}>{levelNames[level] ?? level}</span>
      <span>
        <strong>{typeof msg === 'string' ? msg : ''}</strong>{' '}
        <span className="dim">
          {Object.entries(rest)
            .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
            .join(' ')}
        </span>
      </span>
    </li>
  )
}
