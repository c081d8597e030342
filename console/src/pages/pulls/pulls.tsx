import { IconPlus } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import type { Pull } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import { placeWords, pullStateWords, scheduleWords } from '../../format/connector-words.ts'
import { kindWords } from '../../format/import-words.ts'
import { Action } from '../../ui/action.tsx'
import { DataTable, rowLink } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Pill } from '../../ui/pill.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { ImportTabs } from '../imports/tabs.tsx'
import styles from '../imports/imports.module.css'

const columns: readonly Column<Pull>[] = [
  {
    id: 'name',
    header: 'Pull',
    primary: true,
    cell: (one) => (
      <span className="stack" style={{ gap: 2 }}>
        <Link to="/imports/pulls/$id" params={{ id: one.id }} className={rowLink}>
          {one.name}
        </Link>
        <span className="dim break">{placeWords(one.place)}</span>
        {one.error === null ? null : <span className={styles.error}>{one.error.message}</span>}
      </span>
    ),
  },
  { id: 'kind', header: 'Rows are', width: '13%', cell: (one) => kindWords[one.kind].name },
  {
    id: 'state',
    header: 'State',
    width: '17%',
    cell: (one) => <Pill tone={pullStateWords[one.state].tone}>{pullStateWords[one.state].name}</Pill>,
  },
  { id: 'schedule', header: 'Runs', width: '17%', cell: (one) => scheduleWords(one.schedule) },
  {
    id: 'next',
    header: 'Next',
    width: '14%',
    cell: (one) => (one.nextAt === null ? <span className="dim">not planned</span> : <When at={one.nextAt} />),
  },
]

/** All scheduled pulls, how they stand, and when they run next. */
export function Pulls() {
  const navigate = useNavigate()
  const pulls = useQuery({ ...ask('pulls', {}), refetchInterval: 3_000 })
  const add = (
    <Action route="createPull" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => void navigate({ to: '/imports/pulls/new' })}>
      Add a pull
    </Action>
  )
  return (
    <Page title="Pulls" lead="Files that are fetched from an address or a bucket by a schedule, and imported." actions={add}>
      <ImportTabs />
      <Panel flush>
        <Loaded query={pulls} what="pulls">
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="Nothing is fetched yet" action={add}>
                Have your CRM or till write a file every night, to a bucket or behind an address; here it is fetched and imported by itself.
              </Empty>
            ) : (
              <DataTable label="Pulls" rows={items} columns={columns} rowId={(one) => one.id} />
            )
          }
        </Loaded>
      </Panel>
    </Page>
  )
}
