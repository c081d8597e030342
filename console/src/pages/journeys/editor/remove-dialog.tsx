import { Button } from '@mantine/core'
import { blockOf } from '../model/blocks.ts'
import { titleOf } from '../model/editing.ts'
import { editorOfStep } from '../steps/registry.ts'
import { useBench } from './bench.ts'
import { Dialog } from '../../../ui/dialog.tsx'

/** Which way stays when a split is removed. */
export function RemoveDialog({ id, close }: { readonly id: string; readonly close: () => void }) {
  const { draft, send } = useBench()
  const step = draft.steps[id]
  if (step === undefined) return null
  const { ids } = blockOf(draft, id)
  return (
    <Dialog opened onClose={close} title={`Remove “${titleOf(draft, id)}”`}>
      <div className="stack">
        <p>Its ways lead to different steps. What should stay?</p>
        {editorOfStep(step)
          .ways(step)
          .filter(({ to }) => to !== undefined)
          .map(({ port, to, when }) => (
            <Button
              key={port}
              variant="default"
              onClick={() => {
                send({ kind: 'remove', id, keep: port })
                close()
              }}
            >
              <span className="cut">
                Keep “{when}”, which goes on to “{titleOf(draft, to!)}”
              </span>
            </Button>
          ))}
        <Button
          color="red"
          variant="light"
          onClick={() => {
            send({ kind: 'remove', id })
            close()
          }}
        >
          Remove it with {ids.length - 1 === 1 ? 'the step' : `the ${ids.length - 1} steps`} on its ways
        </Button>
        <Button variant="subtle" color="gray" onClick={close}>
          Cancel
        </Button>
      </div>
    </Dialog>
  )
}
