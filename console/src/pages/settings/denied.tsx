import { Panel } from '../../ui/panel.tsx'
import { Empty } from '../../ui/states.tsx'

/** Stands where somebody may not look, and says why. */
export function Denied({ why }: { readonly why: string }) {
  return (
    <Panel>
      <Empty title="Not for your role">{why} Ask an admin of this workspace.</Empty>
    </Panel>
  )
}
