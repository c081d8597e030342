import { useState } from 'react'
import { Select } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { roles } from '@throughline/contracts'
import type { Role, RouteResponse } from '@throughline/contracts'
import { useMayCall } from '../../api/access.ts'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { NameDialog } from '../../ui/name-dialog.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Removal } from '../../ui/removal.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { Denied } from './denied.tsx'
import { ListRow } from './list-row.tsx'
import { ShownOnce } from './shown-once.tsx'

type Key = RouteResponse<'apiKeys'>['items'][number]
const roleNames: Record<Role, string> = {
  viewer: 'Viewer: reads everything but secrets',
  editor: 'Editor: publishes journeys, imports, records consents',
  admin: 'Admin: everything',
}

/** Keys for programs that use the management API. */
export function ApiKeys() {
  const allowed = useMayCall('apiKeys')
  const keys = useQuery({ ...ask('apiKeys', {}), enabled: allowed.kind === 'yes' })
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<Key | null>(null)
  return (
    <Page
      title="API keys"
      lead="For programs: publishing journeys from git, importing, reading figures. Events need a source’s write key instead."
      actions={
        <Action route="createApiKey" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setAdding(true)}>
          Add a key
        </Action>
      }
    >
      {allowed.kind === 'no' ? (
        <Denied why={allowed.why} />
      ) : (
        <Panel flush>
          <Loaded query={keys} what="API keys">
            {({ items }) =>
              items.length === 0 ? (
                <Empty
                  title="No API keys"
                  action={
                    <Action route="createApiKey" onClick={() => setAdding(true)}>
                      Add a key
                    </Action>
                  }
                >
                  A key lets a program do what its role may do.
                </Empty>
              ) : (
                <ul>
                  {items.map((key) => (
                    <ListRow
                      key={key.id}
                      name={key.name}
                      about={
                        <>
                          <span className="mono">{key.prefix}…</span> · {key.role} · added <When at={key.createdAt} as="date" />
                        </>
                      }
                      deeds={
                        <Action
                          route="deleteApiKey"
                          variant="subtle"
                          color="red"
                          size="compact-sm"
                          aria-label={`Remove ${key.name}`}
                          onClick={() => setRemoving(key)}
                        >
                          Remove
                        </Action>
                      }
                    />
                  ))}
                </ul>
              )
            }
          </Loaded>
        </Panel>
      )}
      {adding ? <AddKey close={() => setAdding(false)} /> : null}
      {removing === null ? null : (
        <Removal
          title={`Remove “${removing.name}”`}
          action="Remove the key"
          remove={async () => {
            await call('deleteApiKey', { params: { id: removing.id } })
            await queryClient.invalidateQueries({ queryKey: ['apiKeys'] })
            setRemoving(null)
          }}
          close={() => setRemoving(null)}
        >
          Whatever uses it stops working at once.
        </Removal>
      )}
    </Page>
  )
}

function AddKey({ close }: { readonly close: () => void }) {
  const [role, setRole] = useState<Role>('editor')
  const [key, setKey] = useState<string>()
  if (key !== undefined)
    return (
      <ShownOnce
        title="Copy the key now"
        words="It is shown only this once; afterwards only its beginning is known here."
        text={key}
        what="API key"
        close={close}
      />
    )
  return (
    <NameDialog
      title="Add an API key"
      route="createApiKey"
      action="Add the key"
      placeholder="CI applies journeys"
      blocks={(name) => (name === '' ? 'Give it a name first: what will use it?' : undefined)}
      close={close}
      save={async (name) => {
        const made = await call('createApiKey', { body: { name, role } })
        await queryClient.invalidateQueries({ queryKey: ['apiKeys'] })
        setKey(made.key)
      }}
    >
      <Select
        label="Role"
        allowDeselect={false}
        data={roles.map((one) => ({ value: one, label: roleNames[one] }))}
        value={role}
        onChange={(value) => setRole(roles.find((one) => one === value) ?? role)}
      />
    </NameDialog>
  )
}
