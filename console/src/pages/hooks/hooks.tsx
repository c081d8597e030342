import { useState } from 'react'
import { Radio } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { hookKinds } from '@throughline/contracts'
import type { Hook, HookKind } from '@throughline/contracts'
import { useMayCall } from '../../api/access.ts'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { hookStateWords } from '../../format/connector-words.ts'
import { kindWords } from '../../format/import-words.ts'
import { Action } from '../../ui/action.tsx'
import { DataTable, rowLink } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { NameDialog } from '../../ui/name-dialog.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Pill } from '../../ui/pill.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { ImportTabs } from '../imports/tabs.tsx'
import { Denied } from '../settings/denied.tsx'

const columns: readonly Column<Hook>[] = [
  {
    id: 'name',
    header: 'Webhook',
    primary: true,
    cell: (one) => (
      <span>
        <Link to="/imports/hooks/$id" params={{ id: one.id }} className={rowLink}>
          {one.name}
        </Link>{' '}
        <span className="dim mono">{one.source}</span>
      </span>
    ),
  },
  { id: 'kind', header: 'Tells of', width: '18%', cell: (one) => kindWords[one.kind].name },
  {
    id: 'state',
    header: 'State',
    width: '18%',
    cell: (one) => <Pill tone={hookStateWords[one.state].tone}>{hookStateWords[one.state].name}</Pill>,
  },
  {
    id: 'last',
    header: 'Last heard',
    width: '18%',
    cell: (one) => (one.lastAt === null ? <span className="dim">never</span> : <When at={one.lastAt} />),
  },
]

/** All incoming webhooks. */
export function Hooks() {
  const allowed = useMayCall('hooks')
  const hooks = useQuery({ ...ask('hooks', {}), enabled: allowed.kind === 'yes', refetchInterval: 5_000 })
  const [adding, setAdding] = useState(false)
  const add = (
    <Action route="createHook" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setAdding(true)}>
      Add a webhook
    </Action>
  )
  return (
    <Page title="Webhooks" lead="Addresses that another system calls when something happens there." actions={add}>
      <ImportTabs />
      {allowed.kind === 'no' ? (
        <Denied why={allowed.why} />
      ) : (
        <Panel flush>
          <Loaded query={hooks} what="webhooks">
            {({ items }) =>
              items.length === 0 ? (
                <Empty title="No system calls yet" action={add}>
                  Support desk, till, form, survey: whatever can call an address with JSON can tell you what happened, at once.
                </Empty>
              ) : (
                <DataTable label="Webhooks" rows={items} columns={columns} rowId={(one) => one.id} />
              )
            }
          </Loaded>
        </Panel>
      )}
      {adding ? <AddHook close={() => setAdding(false)} /> : null}
    </Page>
  )
}

const hints: Record<HookKind, string> = {
  people: 'Who somebody is: ids, e-mail, traits, opt-outs',
  events: 'Something that somebody did',
  orders: 'Orders with their lines',
  consents: 'Who agreed or opted out',
}

function AddHook({ close }: { readonly close: () => void }) {
  const navigate = useNavigate()
  const [kind, setKind] = useState<HookKind>('events')
  return (
    <NameDialog
      title="Add a webhook"
      route="createHook"
      action="Add the webhook"
      placeholder="Support desk"
      close={close}
      save={async (name) => {
        const made = await call('createHook', { body: { name, kind } })
        await queryClient.invalidateQueries({ queryKey: ['hooks'] })
        await navigate({ to: '/imports/hooks/$id', params: { id: made.id } })
      }}
    >
      <Radio.Group label="What it tells of" value={kind} onChange={(value) => setKind(hookKinds.find((one) => one === value) ?? kind)}>
        <div className="stack" style={{ gap: 8, marginTop: 6 }}>
          {hookKinds.map((one) => (
            <Radio key={one} value={one} label={kindWords[one].name} description={hints[one]} />
          ))}
        </div>
      </Radio.Group>
    </NameDialog>
  )
}
