import { useState } from 'react'
import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { factsOf, type ReadyMadeAnswer } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { Chips } from '../../../ui/chips.tsx'
import { Page } from '../../../ui/page.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import { Empty, Loaded } from '../../../ui/states.tsx'
import styles from './ready-made.module.css'

/** All journeys that come with Throughline, to look at and to take over. */
export function ReadyMadeGallery() {
  const all = useQuery(ask('readyMades', {}))
  const [search, setSearch] = useState('')
  const [kind, setKind] = useState('')
  return (
    <Page
      title="Ready-made journeys"
      lead="Take one over with its messages, change what you like, rehearse it on your own history, then publish it."
    >
      <Loaded query={all} what="ready-made journeys">
        {({ items }) => {
          const kinds = [...new Set(items.map((one) => one.kind))].sort()
          const found = items.filter((one) => (kind === '' || one.kind === kind) && isAbout(one, search))
          return (
            <>
              <div className={styles.controls}>
                <SearchBox label="Search ready-made journeys" value={search} onSearch={setSearch} />
                <Chips
                  label="What it belongs to"
                  options={[['', 'All'], ...kinds.map((one) => [one, one] as const)]}
                  value={kind}
                  onChange={setKind}
                />
              </div>
              {found.length === 0 ? (
                <Empty title="None is about that">
                  <p>Search for something else, or look at all of them.</p>
                </Empty>
              ) : (
                <ul className={styles.grid}>
                  {found.map((one) => (
                    <li key={one.id}>
                      <Card one={one} />
                    </li>
                  ))}
                </ul>
              )}
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

function Card({ one }: { readonly one: ReadyMadeAnswer }) {
  const missing = one.needs.filter(({ kind, seen }) => kind === 'event' && seen === false)
  return (
    <div className={styles.card}>
      <Link to="/journeys/_ready-made/$ready" params={{ ready: one.id }}>
        {one.name}
      </Link>
      <p className={styles.use}>{one.use}</p>
      <p className={styles.small}>
        {one.kind}
        {one.made === null ? '' : ` · ${one.made}`} · {one.channels.map(({ channel }) => factsOf(channel).name).join(', ')}
      </p>
      {missing.length === 0 ? null : <p className={styles.small}>Never sent here: {missing.map(({ name }) => name).join(', ')}</p>}
    </div>
  )
}

function isAbout({ id, name, use, kind, made, needs }: ReadyMadeAnswer, search: string): boolean {
  const text = [id, name, use, kind, made ?? '', ...needs.map((need) => need.name)].join(' ').toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
