import { call } from '../../api/client.ts'
import { NameDialog } from '../../ui/name-dialog.tsx'
import { refreshList } from './refresh.ts'

/** Gives a list another name; its id stays. */
export function RenameList({ id, name, close }: { readonly id: string; readonly name: string; readonly close: () => void }) {
  return (
    <NameDialog
      title="Rename the list"
      route="renameList"
      action="Rename the list"
      description={`Definitions know it by its id, ${id}, which stays.`}
      initial={name}
      blocks={(typed) => (typed === '' ? 'It needs a name.' : typed === name ? 'It is called that already.' : undefined)}
      close={close}
      save={async (typed) => {
        await call('renameList', { params: { id }, body: { name: typed } })
        await refreshList(id)
        close()
      }}
    />
  )
}
