import { useState } from 'react'
import { Select, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { roles } from '@throughline/contracts'
import type { Account, Role } from '@throughline/contracts'
import { useMayCall } from '../../api/access.ts'
import { call } from '../../api/client.ts'
import { problemOf } from '../../api/failure.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { DialogFoot } from '../../ui/dialog-foot.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Removal } from '../../ui/removal.tsx'
import { Failure, Loaded } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { When } from '../../ui/when.tsx'
import { Denied } from './denied.tsx'
import { ListRow } from './list-row.tsx'
import { ShownOnce } from './shown-once.tsx'

const roleNames: Record<Role, string> = { viewer: 'Viewer', editor: 'Editor', admin: 'Admin' }
const roleWords: Record<Role, string> = {
  viewer: 'reads everything but keys and the log',
  editor: 'also publishes, sends, imports, approves what others send',
  admin: 'everything',
}

/** Who can sign in. */
export function Accounts() {
  const allowed = useMayCall('accounts')
  const accounts = useQuery({ ...ask('accounts', {}), enabled: allowed.kind === 'yes' })
  const me = useQuery(ask('me', {}))
  const [adding, setAdding] = useState(false)
  const [link, setLink] = useState<string>()
  const [removing, setRemoving] = useState<Account | null>(null)
  const [changing, setChanging] = useState<Account | null>(null)
  const makeLink = useMutation({
    mutationFn: (id: string) => call('linkAccount', { params: { id } }),
    onSuccess: (answer) => setLink(answer.link),
  })
  return (
    <Page
      title="Accounts"
      lead="Who can sign in here, and what they may do. You hand each of them their first link yourself."
      actions={
        <Action route="createAccount" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setAdding(true)}>
          Add an account
        </Action>
      }
    >
      {allowed.kind === 'no' ? (
        <Denied why={allowed.why} />
      ) : (
        <Panel flush>
          <Loaded query={accounts} what="accounts">
            {({ items }) => (
              <ul>
                {items.map((one) => (
                  <ListRow
                    key={one.id}
                    name={one.email}
                    about={
                      <>
                        {one.role} · added <When at={one.createdAt} as="date" />
                        {one.hasPassword ? '' : ' · no password yet'}
                      </>
                    }
                    deeds={
                      <div className="row">
                        <Action
                          route="setAccountRole"
                          variant="subtle"
                          size="compact-sm"
                          aria-label={`Change the role of ${one.email}`}
                          blocked={me.data?.id === one.id ? 'This is your own account. Let another admin change it.' : undefined}
                          onClick={() => setChanging(one)}
                        >
                          Change role
                        </Action>
                        <Action
                          route="linkAccount"
                          variant="subtle"
                          size="compact-sm"
                          aria-label={`Sign-in link for ${one.email}`}
                          loading={makeLink.isPending && makeLink.variables === one.id}
                          onClick={() => makeLink.mutate(one.id)}
                        >
                          Sign-in link
                        </Action>
                        <Action
                          route="deleteAccount"
                          variant="subtle"
                          color="red"
                          size="compact-sm"
                          aria-label={`Remove ${one.email}`}
                          blocked={me.data?.id === one.id ? 'This is your own account. Let another admin remove it.' : undefined}
                          onClick={() => setRemoving(one)}
                        >
                          Remove
                        </Action>
                      </div>
                    }
                  />
                ))}
              </ul>
            )}
          </Loaded>
        </Panel>
      )}
      {makeLink.error === null ? null : <Failure error={makeLink.error} />}
      {adding ? (
        <AddAccount
          close={() => setAdding(false)}
          added={(answer) => {
            setAdding(false)
            setLink(answer)
          }}
        />
      ) : null}
      {changing === null ? null : <ChangeRole account={changing} close={() => setChanging(null)} />}
      {link === undefined ? null : (
        <ShownOnce
          title="Hand this link over"
          words="It signs its owner in once, within 30 minutes; they choose a password then. Whoever has it is let in, so send it to them alone."
          text={link}
          what="sign-in link"
          close={() => setLink(undefined)}
        />
      )}
      {removing === null ? null : (
        <Removal
          title={`Remove ${removing.email}`}
          action="Remove the account"
          remove={async () => {
            await call('deleteAccount', { params: { id: removing.id } })
            await queryClient.invalidateQueries({ queryKey: ['accounts'] })
            setRemoving(null)
          }}
          close={() => setRemoving(null)}
        >
          They are signed out everywhere at once. What they did stays in the audit log, and API keys that they made go on working.
        </Removal>
      )}
    </Page>
  )
}

function AddAccount({ close, added }: { readonly close: () => void; readonly added: (link: string) => void }) {
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('editor')
  const add = useMutation({
    mutationFn: () => call('createAccount', { body: { email: email.trim(), role } }),
    onSuccess: async ({ link }) => {
      await queryClient.invalidateQueries({ queryKey: ['accounts'] })
      added(link)
    },
  })
  const problem = problemOf(add.error, 'email')
  const blocked = email.trim() === '' ? 'Write their e-mail address first.' : undefined
  return (
    <Dialog opened onClose={close} title="Add an account">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (blocked === undefined) add.mutate()
        }}
      >
        <TextInput
          label="E-mail"
          type="email"
          required
          maxLength={320}
          value={email}
          error={problem}
          data-autofocus
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <RoleField role={role} onChange={setRole} />
        {add.error === null || problem !== undefined ? null : <Failure error={add.error} />}
        <DialogFoot close={close}>
          <Action route="createAccount" type="submit" loading={add.isPending} blocked={blocked}>
            Add the account
          </Action>
        </DialogFoot>
      </form>
    </Dialog>
  )
}

function ChangeRole({ account, close }: { readonly account: Account; readonly close: () => void }) {
  const [role, setRole] = useState<Role>(account.role)
  const change = useMutation({
    mutationFn: () => call('setAccountRole', { params: { id: account.id }, body: { role } }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['accounts'] })
      close()
      toast(`${account.email} is ${role} now.`)
    },
  })
  const isLess = roles.indexOf(role) < roles.indexOf(account.role)
  const blocked = role === account.role ? 'Choose another role first.' : undefined
  return (
    <Dialog opened onClose={close} title={`Change the role of ${account.email}`}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (blocked === undefined) change.mutate()
        }}
      >
        <RoleField role={role} onChange={setRole} />
        <p className="soft" aria-live="polite">
          {isLess
            ? 'They are signed out everywhere at once, and sign in anew with less. API keys that they made keep their own roles.'
            : role === account.role
              ? ''
              : 'It holds from their next click on.'}
        </p>
        {change.error === null ? null : <Failure error={change.error} />}
        <DialogFoot close={close}>
          <Action route="setAccountRole" type="submit" loading={change.isPending} blocked={blocked}>
            Change the role
          </Action>
        </DialogFoot>
      </form>
    </Dialog>
  )
}

function RoleField({ role, onChange }: { readonly role: Role; readonly onChange: (role: Role) => void }) {
  return (
    <Select
      label="Role"
      allowDeselect={false}
      data={roles.map((one) => ({ value: one, label: roleNames[one] }))}
      description={roleWords[role]}
      renderOption={({ option }) => `${option.label}: ${roleWords[option.value as Role]}`}
      value={role}
      onChange={(value) => onChange(roles.find((one) => one === value) ?? role)}
    />
  )
}
