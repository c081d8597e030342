import { CodeBlock } from '../../ui/copy.tsx'
import { Link, useParams } from '@tanstack/react-router'
import { useMutation, useQueries, useQuery } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { ask } from '../../api/queries.ts'
import { personTitle } from '../../format/person-words.ts'
import { Action } from '../../ui/action.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Failure, Loaded, Pending } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { InboxCard } from '../messages/inbox-card.tsx'
import styles from './person-inbox.module.css'

/** What one person finds in the notification inbox of the shop, and a signed link with which a developer can read the same feed. */
export function PersonInbox() {
  const { id } = useParams({ from: '/app/people/$id/inbox' })
  const person = useQuery(ask('person', { params: { id } }))
  const list = useQuery({ ...ask('messages', { query: { person: id, channel: 'inbox', limit: 20 } }), refetchInterval: 5_000 })
  const arrived = (list.data?.items ?? []).filter((one) => one.sentAt !== null)
  const details = useQueries({ queries: arrived.map((one) => ({ ...ask('message', { params: { id: one.id } }), staleTime: 60_000 })) })
  const name = person.data === undefined ? 'this person' : personTitle(person.data)
  return (
    <Page
      title={`Inbox of ${name}`}
      lead={
        <>
          What{' '}
          <Link to="/people/$id" params={{ id }} search={{}} className="link">
            {name}
          </Link>{' '}
          finds behind the bell on your site, newest first.
        </>
      }
    >
      <div className={styles.grid}>
        <div className={styles.phone}>
          <Loaded query={list} what="the inbox" pending={<Pending what="the inbox" rows={4} />}>
            {() =>
              arrived.length === 0 ? (
                <Empty title="The inbox is empty">Notes come from message steps with the channel “inbox”.</Empty>
              ) : (
                <ul className={styles.cards}>
                  {arrived.map((one, index) => {
                    const detail = details[index]
                    const content = detail?.data?.content
                    return (
                      <li key={one.id}>
                        {content?.channel === 'inbox' ? (
                          <InboxCard content={content} unread={one.openedAt === null} />
                        ) : detail?.error === null || detail === undefined ? (
                          <Pending what="the note" rows={1} />
                        ) : (
                          <Failure error={detail.error} />
                        )}
                        <p className={styles.under}>
                          <When at={one.sentAt ?? one.createdAt} as="stamp" /> · {one.openedAt === null ? 'not seen yet' : 'seen'} ·{' '}
                          <Link to="/messages/$id" params={{ id: one.id }} className="link">
                            why
                          </Link>
                        </p>
                      </li>
                    )
                  })}
                </ul>
              )
            }
          </Loaded>
        </div>
        <FeedLink id={id} />
      </div>
    </Page>
  )
}

function FeedLink({ id }: { readonly id: string }) {
  const settings = useQuery(ask('settings', {}))
  const make = useMutation({ mutationFn: () => call('inboxToken', { params: { id }, body: { hours: 24 } }) })
  return (
    <Panel title="The same feed, for your site">
      <div className="stack">
        <p className="soft">
          Your site reads this feed with a signed token that is made for one person. Make one to try it; it works for 24 hours and shows
          this person’s notes to whoever holds it.
        </p>
        {make.data === undefined ? null : (
          <>
            <CodeBlock
              text={`${settings.data?.baseUrl ?? window.location.origin}/inbox/${make.data.token}`}
              what="address of the feed"
              wrap
            />
            <p className="dim">
              Works until <When at={make.data.expiresAt} as="stamp" />. With /stream behind it, the same address sends new notes as they
              come.
            </p>
          </>
        )}
        {make.error === null ? null : <Failure error={make.error} />}
        <div>
          <Action route="inboxToken" variant="default" loading={make.isPending} onClick={() => make.mutate()}>
            Make a link for 24 hours
          </Action>
        </div>
      </div>
    </Panel>
  )
}
