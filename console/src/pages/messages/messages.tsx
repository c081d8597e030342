import { Button, Select } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { channelKinds, messageStatuses } from '@throughline/contracts'
import type { Message } from '@throughline/contracts'
import { ask, askPages } from '../../api/queries.ts'
import { channelNames, messageTitle, statusNames } from '../../format/message-words.ts'
import { personTitle } from '../../format/person-words.ts'
import { DataTable, rowLink } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { PersonLink } from '../../ui/person.tsx'
import { Empty } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { ChannelMark } from './channel-mark.tsx'
import { StatusPill } from './status-pill.tsx'
import styles from './messages.module.css'

const columns: readonly Column<Message>[] = [
  {
    id: 'message',
    header: 'Message',
    primary: true,
    cell: (message) => (
      <span className={styles.title}>
        <ChannelMark channel={message.channel} />
        <span className={styles.titleWords}>
          <Link to="/messages/$id" params={{ id: message.id }} className={rowLink}>
            {messageTitle(message)}
          </Link>
          <span className={`soft ${styles.reason}`}>{message.reason}</span>
        </span>
      </span>
    ),
  },
  { id: 'person', header: 'To', width: '18%', cell: (message) => <PersonLink id={message.profileId} name={message.personName} /> },
  { id: 'status', header: 'State', width: '17%', cell: (message) => <StatusPill message={message} /> },
  {
    id: 'from',
    header: 'From',
    width: '18%',
    cell: (message) =>
      message.journeyName === null ? (
        <span className="dim">no journey</span>
      ) : (
        <span className="soft">
          {message.journeyName}
          {message.send === null ? '' : `, send ${message.send}`}
        </span>
      ),
  },
  {
    id: 'at',
    header: 'When',
    width: '13%',
    align: 'right',
    cell: (message) => <When at={message.sentAt ?? message.createdAt} as="stamp" />,
  },
]

/** All messages: sent, waiting, or held back, each with its reason. */
export function Messages() {
  const filter = useSearch({ from: '/app/messages' })
  const navigate = useNavigate({ from: '/messages' })
  const journeys = useQuery({ ...ask('journeys', {}), staleTime: 60_000 })
  const campaigns = useQuery({ ...ask('campaigns', {}), staleTime: 60_000 })
  const person = useQuery({
    ...ask('person', { params: { id: filter.person ?? '' } }),
    enabled: filter.person !== undefined,
    staleTime: 60_000,
  })
  const messages = useInfiniteQuery({
    ...askPages('messages', { query: { ...filter, limit: 50 } }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) === 1 ? 5_000 : false),
  })
  const narrowed = Object.values(filter).some((value) => value !== undefined)
  const set = (change: Partial<typeof filter>): void => void navigate({ search: (now) => ({ ...now, ...change }), replace: true })
  const all = (): void => void navigate({ search: {}, replace: true })
  return (
    <Page title="Messages" lead="What was said, what waits, and what was held back, each with the reason that was recorded for it.">
      <div className={styles.filters} role="group" aria-label="Filter">
        <Select
          aria-label="Channel"
          placeholder="Every channel"
          clearable
          clearButtonProps={{ 'aria-label': 'Every channel' }}
          value={filter.channel ?? null}
          data={channelKinds.map((one) => ({ value: one, label: channelNames[one] }))}
          onChange={(value) => set({ channel: channelKinds.find((one) => one === value) })}
        />
        <Select
          aria-label="State"
          placeholder="Every state"
          clearable
          clearButtonProps={{ 'aria-label': 'Every state' }}
          value={filter.status ?? null}
          data={messageStatuses.map((one) => ({ value: one, label: statusNames[one] }))}
          onChange={(value) => set({ status: messageStatuses.find((one) => one === value) })}
        />
        <Select
          aria-label="Journey or campaign"
          placeholder="Every journey and campaign"
          clearable
          clearButtonProps={{ 'aria-label': 'Every journey and campaign' }}
          value={filter.journey ?? null}
          data={[
            { group: 'Journeys', items: (journeys.data?.items ?? []).map((one) => ({ value: one.id, label: one.name })) },
            { group: 'Campaigns', items: (campaigns.data?.items ?? []).map((one) => ({ value: `campaign:${one.id}`, label: one.name })) },
          ].filter(({ items }) => items.length > 0)}
          onChange={(value) => set({ journey: value ?? undefined, send: undefined })}
        />
        {filter.send === undefined ? null : (
          <Button variant="default" onClick={() => set({ send: undefined })}>
            Only send {filter.send.slice(filter.send.lastIndexOf('#') + 1)} ×<span className="vh"> show those of all sends</span>
          </Button>
        )}
        {filter.person === undefined ? null : (
          <Button variant="default" onClick={() => set({ person: undefined })}>
            Only {person.data === undefined ? 'one person' : personTitle(person.data)} ×<span className="vh"> show everybody’s</span>
          </Button>
        )}
      </div>
      <Panel flush>
        <Paged
          query={messages}
          what="messages"
          rows={8}
          end="Those were all."
          empty={
            narrowed ? (
              <Empty
                title="No message is like that"
                action={
                  <Button variant="default" onClick={all}>
                    Show all messages
                  </Button>
                }
              />
            ) : (
              <Empty
                title="No messages yet"
                action={
                  <Button component={Link} to="/journeys">
                    Go to the journeys
                  </Button>
                }
              >
                Messages come from journeys and campaigns. Until you name a provider they go to the sandbox: you see them here, nobody
                receives them.
              </Empty>
            )
          }
        >
          {(rows) => <DataTable label="Messages" rows={rows} columns={columns} rowId={(message) => message.id} />}
        </Paged>
      </Panel>
    </Page>
  )
}
