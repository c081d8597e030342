import { Button } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import type { Person } from '@throughline/contracts'
import { askPages } from '../../api/queries.ts'
import { personTitle } from '../../format/person-words.ts'
import { DataTable, rowLink } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { PersonMark } from '../../ui/person.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { Empty } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { Country } from './country.tsx'
import { ExportPeople } from './export-people.tsx'
import styles from './people.module.css'

const columns: readonly Column<Person>[] = [
  {
    id: 'who',
    header: 'Person',
    primary: true,
    cell: (person) => (
      <span className={styles.who}>
        <PersonMark title={personTitle(person)} anonymous={person.anonymous} />
        <span className={styles.whoWords}>
          <Link to="/people/$id" params={{ id: person.id }} search={{}} className={rowLink}>
            {personTitle(person)}
          </Link>
          {person.email === null || person.name === null ? null : <span className="soft break">{person.email}</span>}
        </span>
      </span>
    ),
  },
  {
    id: 'user',
    header: 'User id',
    width: '16%',
    cell: (person) => (person.userId === null ? <span className="dim">not known yet</span> : <span className="mono">{person.userId}</span>),
  },
  { id: 'country', header: 'Country', width: '16%', cell: (person) => <Country code={person.country} /> },
  {
    id: 'seen',
    header: 'Last seen',
    width: '14%',
    cell: (person) => (person.lastSeenAt === null ? <span className="dim">never</span> : <When at={person.lastSeenAt} />),
  },
  { id: 'since', header: 'First seen', width: '14%', cell: (person) => <When at={person.firstSeenAt} as="date" /> },
]

/** Find people by name, e-mail or id. */
export function People() {
  const { search = '' } = useSearch({ from: '/app/people' })
  const navigate = useNavigate({ from: '/people' })
  const people = useInfiniteQuery({ ...askPages('people', { query: { search, limit: 50 } }), placeholderData: keepPreviousData })
  const seek = (value: string): void => void navigate({ search: value === '' ? {} : { search: value }, replace: true })
  return (
    <Page
      title="People"
      lead="Everybody the shop has met: customers, and visitors who have not said who they are."
      actions={<ExportPeople />}
    >
      <div className="row">
        <SearchBox label="Name, e-mail or id" value={search} onSearch={seek} />
      </div>
      <Panel flush>
        <Paged
          query={people}
          what="people"
          rows={8}
          end={`That is everybody${search === '' ? '' : ' who matches'}.`}
          empty={search === '' ? <Nobody /> : <NoneFound search={search} clear={() => seek('')} />}
        >
          {(rows) => <DataTable label="People" rows={rows} columns={columns} rowId={(person) => person.id} />}
        </Paged>
      </Panel>
    </Page>
  )
}

function Nobody() {
  return (
    <Empty
      title="Nobody yet"
      action={
        <>
          <Button component={Link} to="/settings/sources">
            Get the snippet
          </Button>
          <Button component={Link} to="/settings/api-keys" variant="default">
            Import with the API
          </Button>
        </>
      }
    >
      A person appears with their first event, still without a name; once they sign in or leave an e-mail address, what they did before
      joins them.
    </Empty>
  )
}

function NoneFound({ search, clear }: { readonly search: string; readonly clear: () => void }) {
  return (
    <Empty
      title={`Nobody matches “${search}”`}
      action={
        <Button variant="default" onClick={clear}>
          Show everybody
        </Button>
      }
    >
      The search looks at names, e-mail addresses, user ids, devices and profile ids, from their beginning.
    </Empty>
  )
}
