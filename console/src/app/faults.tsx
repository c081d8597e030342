import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Page } from '../ui/page.tsx'
import { Empty, Failure } from '../ui/states.tsx'
import styles from './shell.module.css'

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <main className={styles.alone}>
      <Page title="Nothing here">
        <Empty
          title="There is no page at this address"
          action={
            <Button component={Link} to="/">
              Go to the start page
            </Button>
          }
        >
          It may have moved, or the address is mistyped.
        </Empty>
      </Page>
    </main>
  )
}

/** A page that threw, or whose files could not be loaded (after an update of the server, for instance). */
export function PageFault({ error }: { readonly error: unknown }) {
  return (
    <Page title="This page has stopped">
      <Failure error={error} retry={() => window.location.reload()} />
    </Page>
  )
}
