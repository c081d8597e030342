import { useState } from 'react'
import { Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { MessageDetail } from '@throughline/contracts'
import { inboundChannels } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure } from '../../ui/states.tsx'

/** Writes back to a message in the sandbox as the person whom it is for. */
export function ReplyAs({ message }: { readonly message: MessageDetail }) {
  const [text, setText] = useState('')
  const reply = useMutation({
    mutationFn: () => call('replyToMessage', { params: { id: message.id }, body: { text } }),
    onSuccess: () => {
      setText('')
      return queryClient.invalidateQueries({ queryKey: ['message'] })
    },
  })
  if (!message.sandbox || message.content === null || !inboundChannels.some((one) => one === message.channel)) return null
  return (
    <Panel title="Reply as this person">
      <div className="stack">
        <Textarea
          label="What they write back"
          description={`Journeys hear it like a real reply.${message.channel === 'email' ? '' : ' STOP withdraws their consent.'}`}
          autosize
          minRows={2}
          maxLength={4_000}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value)
            reply.reset()
          }}
        />
        {reply.error === null ? null : <Failure error={reply.error} />}
        {reply.data === undefined ? null : (
          <p role="status" className="soft">
            {reply.data.outcome === 'opted-out'
              ? `“${reply.data.keyword}” means no more: their consent to this channel is withdrawn.`
              : 'It is on their timeline as “Message Received”.'}
          </p>
        )}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Action
            route="replyToMessage"
            loading={reply.isPending}
            blocked={text.trim() === '' ? 'Write something first.' : undefined}
            onClick={() => reply.mutate()}
          >
            Reply
          </Action>
        </div>
      </div>
    </Panel>
  )
}
