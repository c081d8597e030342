import { useCallback, useState } from 'react'
import { Button, Menu } from '@mantine/core'
import { IconArrowMerge, IconChevronDown, IconDownload, IconHistory, IconPencil, IconSend, IconTrash } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { PersonDetail, RouteName } from '@throughline/contracts'
import type { ReactNode } from 'react'
import { useMayCall } from '../../api/access.ts'
import { EditTraits } from './edit-traits.tsx'
import { ForgetPerson } from './forget-person.tsx'
import { MergePerson } from './merge-person.tsx'
import { SendTest } from './send-test.tsx'

type Open = 'traits' | 'merge' | 'test' | 'forget' | null

/** What can be done with a person. */
export function PersonActions({ person }: { readonly person: PersonDetail }) {
  const [open, setOpen] = useState<Open>(null)
  const close = useCallback(() => setOpen(null), [])
  const mayAudit = useMayCall('auditLog')
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button rightSection={<IconChevronDown size={15} aria-hidden />}>Actions</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Item route="setTraits" icon={<IconPencil size={15} aria-hidden />} onClick={() => setOpen('traits')}>
            Edit traits
          </Item>
          <Item route="sendTest" icon={<IconSend size={15} aria-hidden />} onClick={() => setOpen('test')}>
            Send a test message
          </Item>
          <Item route="mergePeople" icon={<IconArrowMerge size={15} aria-hidden />} onClick={() => setOpen('merge')}>
            Merge with somebody
          </Item>
          <Menu.Divider />
          <Download person={person} />
          {mayAudit.kind === 'yes' ? (
            <Menu.Item
              leftSection={<IconHistory size={15} aria-hidden />}
              component={Link}
              to={`/settings/audit?subject=${encodeURIComponent(person.id)}`}
            >
              What was done to them
            </Menu.Item>
          ) : null}
          <Menu.Divider />
          <Item route="forgetPerson" icon={<IconTrash size={15} aria-hidden />} danger onClick={() => setOpen('forget')}>
            Forget this person
          </Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'traits' ? <EditTraits person={person} onClose={close} /> : null}
      {open === 'merge' ? <MergePerson person={person} onClose={close} /> : null}
      {open === 'test' ? <SendTest person={person} onClose={close} /> : null}
      {open === 'forget' ? <ForgetPerson person={person} onClose={close} /> : null}
    </>
  )
}

function Item(props: {
  readonly route: RouteName
  readonly icon: ReactNode
  readonly danger?: boolean
  readonly onClick: () => void
  readonly children: string
}) {
  const allowed = useMayCall(props.route)
  const refused = allowed.kind === 'no'
  return (
    <Menu.Item
      leftSection={props.icon}
      color={props.danger === true && !refused ? 'red' : undefined}
      data-disabled={refused || undefined}
      aria-disabled={refused}
      closeMenuOnClick={!refused}
      onClick={() => {
        if (!refused) props.onClick()
      }}
    >
      {props.children}
      {refused ? <span className="dim"> · {allowed.why}</span> : null}
    </Menu.Item>
  )
}

function Download({ person }: { readonly person: PersonDetail }) {
  const allowed = useMayCall('accessRequest')
  if (allowed.kind === 'no')
    return (
      <Menu.Item leftSection={<IconDownload size={15} aria-hidden />} data-disabled aria-disabled closeMenuOnClick={false}>
        Download everything known <span className="dim"> · {allowed.why}</span>
      </Menu.Item>
    )
  return (
    <Menu.Item
      leftSection={<IconDownload size={15} aria-hidden />}
      component="a"
      href={`/api/people/${encodeURIComponent(person.id)}/everything`}
      download
    >
      Download everything known
    </Menu.Item>
  )
}
