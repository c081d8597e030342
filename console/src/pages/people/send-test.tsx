import { useState } from 'react'
import { Button, Select } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { PersonDetail } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { channelNames } from '../../format/message-words.ts'
import { personTitle } from '../../format/person-words.ts'
import { Action } from '../../ui/action.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure, Loaded } from '../../ui/states.tsx'
import { StatusPill } from '../messages/status-pill.tsx'

/** Sends a template to one person as a test, and shows what became of it. */
export function SendTest({ person, onClose }: { readonly person: PersonDetail; readonly onClose: () => void }) {
  const [template, setTemplate] = useState<string | null>(null)
  const definitions = useQuery(ask('definitions', {}))
  const send = useMutation({
    mutationFn: (id: string) => call('sendTest', { params: { id: person.id }, body: { template: id } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['messages'] }),
  })
  const id = send.data?.message
  const message = useQuery({ ...ask('message', { params: { id: id ?? '' } }), enabled: id !== undefined, refetchInterval: 1_000 })
  return (
    <Dialog opened onClose={onClose} title={`Send a test to ${personTitle(person)}`}>
      <div className="stack">
        <p className="soft">
          It is really sent, written with their own data and marked as a test. Opt-outs and suppressed addresses hold, as for every message.
        </p>
        <Loaded query={definitions} what="templates">
          {({ items }) => {
            const templates = items.flatMap(({ definition }) => (definition.kind === 'template' ? [definition] : []))
            return templates.length === 0 ? (
              <p>
                No templates yet. They come with a journey: <code className="mono">npx throughline apply FILE</code>.
              </p>
            ) : (
              <Select
                label="Template"
                placeholder="Choose one"
                searchable
                value={template}
                data={templates.map((one) => ({ value: one.id, label: `${one.name} · ${channelNames[one.channel]}` }))}
                onChange={(value) => {
                  setTemplate(value)
                  send.reset()
                }}
                data-autofocus
              />
            )
          }}
        </Loaded>
        {send.error === null ? null : <Failure error={send.error} />}
        {message.data === undefined ? null : (
          <div role="status" className="stack">
            <StatusPill message={message.data} />
            <p className="soft">{message.data.reason}</p>
            <p>
              <Link to="/messages/$id" params={{ id: message.data.id }} className="link">
                Open the message
              </Link>
            </p>
          </div>
        )}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Action
            route="sendTest"
            loading={send.isPending}
            blocked={template === null ? 'Choose a template first.' : undefined}
            onClick={() => {
              if (template !== null) send.mutate(template)
            }}
          >
            Send the test
          </Action>
        </div>
      </div>
    </Dialog>
  )
}
