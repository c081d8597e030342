import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { LiveEvent } from '../../api/live.ts'
import { messageOf } from '../../format/event-words.ts'
import { JsonView } from '../../ui/json-view.tsx'
import { Facts } from '../../ui/panel.tsx'
import { PersonLink } from '../../ui/person.tsx'
import { When } from '../../ui/when.tsx'

/** One event: whose, when, from where, and the whole of it as JSON. */
export function EventDetail({ event }: { readonly event: LiveEvent }) {
  const message = messageOf(event)
  return (
    <div className="stack">
      <Facts
        items={[
          ['Person', <PersonLink id={event.profileId} name={event.personName} />],
          [
            'Happened',
            <>
              <When at={event.timestamp} as="clock" /> (<When at={event.timestamp} />)
            </>,
          ],
          ['Received', <When at={event.receivedAt} as="clock" />],
          ['Source', event.source],
          ['Kind of call', event.type],
        ]}
      />
      <div className="row">
        <Button component={Link} to={`/people/${encodeURIComponent(event.profileId)}`} variant="default">
          Open the person
        </Button>
        {message === undefined ? null : (
          <Button component={Link} to={`/messages/${encodeURIComponent(message)}`} variant="default">
            Open the message
          </Button>
        )}
      </div>
      <JsonView value={event} what="event as JSON" />
    </div>
  )
}
