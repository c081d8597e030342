import { useState } from 'react'
import { Button, Menu } from '@mantine/core'
import { IconChevronDown, IconDownload, IconHistory, IconTrash } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { PersonDetail, RouteName } from '@throughline/contracts'
import type { ReactNode } from 'react'
import { useMayCall } from '../../api/access.ts'
import { ForgetPerson } from './forget-person.tsx'

type Open = 'forget' | null

/** What can be done with a person. */
export function PersonActions({ person }: { readonly person: PersonDetail }) {
  const [open, setOpen] = useState<Open>(null)
  const mayAudit = useMayCall('auditLog')
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button rightSection={<IconChevronDown size={15} aria-hidden />}>Actions</Button>
        </Menu.Target>
        <Menu.Dropdown>
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
      {open === 'forget' ? <ForgetPerson person={person} onClose={() => setOpen(null)} /> : null}
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
