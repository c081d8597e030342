import { IconUpload } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { FileImport } from '@throughline/contracts'
import { askPages } from '../../api/queries.ts'
import { bytesWords, kindWords, stateWords } from '../../format/import-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { DataTable, rowLink } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Pill } from '../../ui/pill.tsx'
import { Empty } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { ImportTabs } from './tabs.tsx'

/** All imports of files, with what became of them. */
export function Imports() {
  const format = useFormat()
  const navigate = useNavigate()
  const imports = useInfiniteQuery({ ...askPages('imports', { query: { limit: 50 } }), refetchInterval: 3_000 })
  const columns: readonly Column<FileImport>[] = [
    {
      id: 'file',
      header: 'File',
      primary: true,
      cell: (one) => (
        <span>
          <Link to="/imports/$id" params={{ id: one.id }} className={rowLink}>
            <span className="break">{one.name}</span>
          </Link>{' '}
          <span className="dim">{bytesWords(one.bytes)}</span>
        </span>
      ),
    },
    { id: 'kind', header: 'Rows are', width: '14%', cell: (one) => kindWords[one.kind].name },
    {
      id: 'state',
      header: 'State',
      width: '18%',
      cell: (one) => (
        <span className="row" style={{ gap: 6 }}>
          <Pill tone={stateWords[one.state].tone}>{stateWords[one.state].name}</Pill>
          {one.state === 'running' || one.state === 'checking' ? <span className="num">{Math.floor(one.progress * 100)} %</span> : null}
        </span>
      ),
    },
    {
      id: 'rows',
      header: 'Rows',
      width: '18%',
      align: 'right',
      cell: (one) => (
        <span>
          {format.number(one.counts.rows)}
          {one.counts.refused > 0 ? <span className="dim">, {format.number(one.counts.refused)} refused</span> : null}
        </span>
      ),
    },
    { id: 'at', header: 'Uploaded', width: '14%', cell: (one) => <When at={one.createdAt} /> },
  ]
  const start = (
    <Action route="uploadImport" leftSection={<IconUpload size={15} aria-hidden />} onClick={() => void navigate({ to: '/imports/new' })}>
      Import a file
    </Action>
  )
  return (
    <Page title="Imports" lead="People, events, orders and opt-outs out of CSV, JSON lines and Excel files." actions={start}>
      <ImportTabs />
      <Panel flush>
        <Paged
          query={imports}
          what="imports"
          end="These are all imports."
          empty={
            <Empty title="Nothing was imported yet" action={start}>
              Bring along what another tool knows: an export of HubSpot, Salesforce or Klaviyo is understood as it is.
            </Empty>
          }
        >
          {(rows) => <DataTable label="Imports" rows={rows} columns={columns} rowId={(one) => one.id} />}
        </Paged>
      </Panel>
    </Page>
  )
}
