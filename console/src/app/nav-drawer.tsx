import { Drawer } from '@mantine/core'
import type { RouteResponse } from '@throughline/contracts'
import { Nav } from './nav.tsx'
import styles from './shell.module.css'

/** The navigation on a narrow screen. In a file of its own, so that wide screens never load the drawer. */
export function NavDrawer({
  me,
  opened,
  close,
}: {
  readonly me: RouteResponse<'me'>
  readonly opened: boolean
  readonly close: () => void
}) {
  return (
    <Drawer opened={opened} onClose={close} size={280} title="Navigation" classNames={{ body: styles.drawerBody }}>
      <Nav me={me} onGo={close} />
    </Drawer>
  )
}
