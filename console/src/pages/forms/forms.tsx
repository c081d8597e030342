import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import type { Form } from '@throughline/contracts'
import { useMayCall } from '../../api/access.ts'
import { ask } from '../../api/queries.ts'
import { useFormat } from '../../format/use-format.ts'
import { Bin } from '../../ui/bin.tsx'
import { DataTable, rowLink } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { restoreForm, shareOf } from './refresh.ts'

/** All forms, and what came of them. */
export function Forms() {
  const format = useFormat()
  const forms = useQuery(ask('forms', { query: {} }))
  const deleted = useQuery(ask('forms', { query: { deleted: 'true' } }))
  const mayMake = useMayCall('createForm').kind !== 'no'
  const columns: readonly Column<Form>[] = [
    {
      id: 'name',
      header: 'Form',
      primary: true,
      sort: (form) => form.name.toLowerCase(),
      cell: (form) => (
        <span>
          <Link to="/forms/$id" params={{ id: form.id }} className={rowLink}>
            {form.name}
          </Link>{' '}
          <span className="mono dim">{form.id}</span>
        </span>
      ),
    },
    {
      id: 'submissions',
      header: 'Submitted',
      width: '16%',
      align: 'right',
      sort: (form) => form.submissions,
      cell: (form) => format.number(form.submissions),
    },
    {
      id: 'lately',
      header: 'Last 30 days',
      width: '16%',
      align: 'right',
      sort: (form) => form.lately,
      cell: (form) => format.number(form.lately),
    },
    {
      id: 'confirmed',
      header: 'Confirmed',
      width: '18%',
      align: 'right',
      sort: (form) => (form.asked === 0 ? -1 : form.confirmed / form.asked),
      cell: (form) =>
        form.confirmation === null && form.asked === 0 ? (
          <span className="dim">not asked</span>
        ) : form.asked === 0 ? (
          <span className="dim">none yet</span>
        ) : (
          shareOf(form)
        ),
    },
    {
      id: 'last',
      header: 'Latest',
      width: '18%',
      sort: (form) => form.lastAt ?? 0,
      cell: (form) => (form.lastAt === null ? <span className="dim">never</span> : <When at={form.lastAt} />),
    },
  ]
  const make = mayMake ? (
    <Button component={Link} to="/forms/_new" leftSection={<IconPlus size={15} aria-hidden />}>
      Make a form
    </Button>
  ) : null
  return (
    <Page title="Forms" lead="What people fill in on pages of your shop: who they are, and what they agree to." actions={make}>
      <Panel flush>
        <Loaded query={forms} what="forms">
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="No forms yet" action={make}>
                Make one, paste its HTML into a page of your shop, and let a journey begin with it.
              </Empty>
            ) : (
              <DataTable label="Forms" rows={items} columns={columns} rowId={(form) => form.id} />
            )
          }
        </Loaded>
      </Panel>
      <Bin items={deleted.data?.items ?? []} route="restoreForm" back="and takes submissions again" restore={restoreForm} />
    </Page>
  )
}
