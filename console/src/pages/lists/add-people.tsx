import { useState } from 'react'
import { Button, Checkbox, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { listCallLimit } from '@throughline/contracts'
import type { PersonRef } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { counted } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { DialogFoot } from '../../ui/dialog-foot.tsx'
import { Failure } from '../../ui/states.tsx'
import { refreshList } from './refresh.ts'

/** Adds people who are typed or pasted, one a line. */
export function AddPeople({ id, name, close }: { readonly id: string; readonly name: string; readonly close: () => void }) {
  const format = useFormat()
  const [typed, setTyped] = useState('')
  const [create, setCreate] = useState(false)
  const words = wordsOf(typed)
  const add = useMutation({
    mutationFn: () => call('addListMembers', { params: { id }, body: { people: words.map(refOf), create } }),
    onSuccess: () => refreshList(id),
  })
  const blocked =
    words.length === 0
      ? 'Say first who it is.'
      : words.length > listCallLimit
        ? `${format.number(words.length)} at once are too many; up to ${format.number(listCallLimit)} fit here, a file takes any number.`
        : undefined
  if (add.data !== undefined) {
    const { changed, unchanged, unknown } = add.data
    return (
      <Dialog opened onClose={close} title={`Added to “${name}”`}>
        <div className="stack">
          <p>
            {counted(format, changed, 'person has', 'people have')} joined.
            {unchanged === 0 ? '' : ` ${counted(format, unchanged, 'was', 'were')} in it already.`}
          </p>
          {unknown.length === 0 ? null : (
            <div>
              <p>{counted(format, unknown.length, 'was', 'were')} not added:</p>
              <ul className="soft" style={{ maxHeight: 240, overflow: 'auto' }} tabIndex={0} aria-label="Not added">
                {unknown.map(({ index, reason }) => (
                  <li key={index} className="break">
                    {reason}
                  </li>
                ))}
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
  return (
    <Dialog opened onClose={close} title={`Add people to “${name}”`}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (blocked === undefined) add.mutate()
        }}
      >
        <Textarea
          label="People"
          description="One a line: an e-mail address, a phone number with its country (+49…), a user id or a profile id."
          placeholder={'lena@example.org\n+4915112345678\ncustomer-17850'}
          autosize
          minRows={5}
          maxRows={14}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          data-autofocus
          spellCheck={false}
        />
        <Checkbox
          label="Make a profile for whom nobody knows yet"
          checked={create}
          onChange={(event) => setCreate(event.currentTarget.checked)}
        />
        {add.error === null ? null : <Failure error={add.error} />}
        <DialogFoot close={close}>
          <Action route="addListMembers" type="submit" loading={add.isPending} blocked={blocked}>
            {words.length === 0 ? 'Add people' : `Add ${counted(format, words.length, 'person', 'people')}`}
          </Action>
        </DialogFoot>
      </form>
    </Dialog>
  )
}

function wordsOf(text: string): string[] {
  return text
    .split(/[\n;,\t]/)
    .map((word) => word.trim().replace(/^["'<]+|["'>]+$/g, ''))
    .filter((word) => word !== '')
}

function refOf(word: string): PersonRef {
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(word)) return { id: word }
  if (word.includes('@')) return { email: word }
  return word.startsWith('+') ? { phone: word } : { userId: word }
}
