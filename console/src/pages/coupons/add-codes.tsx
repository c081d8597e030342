import { useState } from 'react'
import { Button, FileInput, Progress, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { upload } from '../../api/upload.ts'
import { counted } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { DialogFoot } from '../../ui/dialog-foot.tsx'
import { Failure } from '../../ui/states.tsx'
import { refreshPools } from './refresh.ts'

/** Adds codes that are pasted, or stand in a file. */
export function AddCodes({ id, name, close }: { readonly id: string; readonly name: string; readonly close: () => void }) {
  const [typed, setTyped] = useState('')
  const [file, setFile] = useState<File | null>(null)
  const [sent, setSent] = useState(0)
  const body = file ?? (typed.trim() === '' ? null : new Blob([typed]))
  const add = useMutation({
    mutationFn: (chosen: Blob) => upload('addCodes', { params: { id } }, chosen, setSent),
    onSettled: refreshPools,
  })
  if (add.data !== undefined) return <Added name={name} answer={add.data} close={close} />
  return (
    <Dialog opened onClose={close} title={`Add codes to “${name}”`}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (body !== null) add.mutate(body)
        }}
      >
        <Textarea
          label="Codes"
          description="One on each line."
          placeholder={'SPRING-7F3K9\nSPRING-Q2M4X'}
          autosize
          minRows={5}
          maxRows={12}
          value={typed}
          disabled={file !== null}
          onChange={(event) => setTyped(event.currentTarget.value)}
          data-autofocus
          spellCheck={false}
        />
        <FileInput
          label="Or a file"
          description="A text with one code on each line, or a CSV with a column “code”; any number of them."
          placeholder="Choose a file"
          value={file}
          onChange={setFile}
          clearable
          clearButtonProps={{ 'aria-label': 'No file' }}
        />
        {add.isPending ? <Progress value={sent * 100} aria-label="Uploaded" /> : null}
        {add.error === null ? null : <Failure error={add.error} />}
        <DialogFoot close={close}>
          <Action
            route="addCodes"
            type="submit"
            loading={add.isPending}
            blocked={body === null ? 'Paste codes first, or choose a file.' : undefined}
          >
            Add the codes
          </Action>
        </DialogFoot>
      </form>
    </Dialog>
  )
}

function Added({ name, answer, close }: { readonly name: string; readonly answer: RouteResponse<'addCodes'>; readonly close: () => void }) {
  const format = useFormat()
  const { added, refused, problems } = answer
  return (
    <Dialog opened onClose={close} title={`Added to “${name}”`}>
      <div className="stack">
        <p>{counted(format, added, 'code is', 'codes are')} in the pool now that were not before.</p>
        {refused === 0 ? null : (
          <div>
            <p>{counted(format, refused, 'line was', 'lines were')} refused:</p>
            <ul className="soft" style={{ maxHeight: 240, overflow: 'auto' }} tabIndex={0} aria-label="Refused">
              {problems.map(({ line, reason }) => (
                <li key={line}>
                  Line {format.number(line)}: {reason}
                </li>
              ))}
              {refused > problems.length ? <li>and {format.number(refused - problems.length)} more</li> : null}
            </ul>
          </div>
        )}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button onClick={close} data-autofocus>
            Close
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
