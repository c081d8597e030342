import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link, useParams } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { channelTable } from '@throughline/contracts'
import type { MessageDetail } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import { channelNames, messageTitle } from '../../format/message-words.ts'
import { CodeBlock } from '../../ui/copy.tsx'
import { Page } from '../../ui/page.tsx'
import { Facts, Panel } from '../../ui/panel.tsx'
import { PersonLink } from '../../ui/person.tsx'
import { Empty, Loaded, Pending } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { EmailPreview } from './email-preview.tsx'
import { InboxCard } from './inbox-card.tsx'
import { Outcomes } from './outcomes.tsx'
import { ReplyAs } from './reply-as.tsx'
import { StatusPill } from './status-pill.tsx'
import { TextCard } from './text-card.tsx'
import styles from './messages.module.css'

/** One message: what it looked like, why, and what came of it. */
export function MessagePage() {
  const { id } = useParams({ from: '/app/messages/$id' })
  const message = useQuery({ ...ask('message', { params: { id } }), refetchInterval: 5_000 })
  if (message.data === undefined) {
    return (
      <Page title="Message">
        <Loaded query={message} what="this message" pending={<Pending what="this message" rows={8} />}>
          {() => null}
        </Loaded>
      </Page>
    )
  }
  const { data } = message
  return (
    <Page
      key={id}
      title={messageTitle(data)}
      lead={
        <span className="row">
          {channelNames[data.channel]} to <PersonLink id={data.profileId} name={data.personName} /> <StatusPill message={data} />
        </span>
      }
    >
      <Loaded query={message} what="this message">
        {() => (
          <div className={styles.grid}>
            <Panel title="What it looked like">
              <Content message={data} />
            </Panel>
            <div className={styles.side}>
              <Why message={data} />
              <Outcomes message={data} />
              <ReplyAs message={data} />
              <Panel title="Where it comes from">
                <Facts
                  items={[
                    ...origin(data),
                    ['Version', data.version ?? 'none'],
                    ['Template', data.template],
                    ['Planned', <When key="planned" at={data.createdAt} as="stamp" />],
                    ['Attempts', data.attempts],
                    ...(data.lastError === null
                      ? []
                      : [
                          [
                            'Provider said',
                            <span key="said" className="mono break">
                              {data.lastError}
                            </span>,
                          ] as const,
                        ]),
                  ]}
                />
              </Panel>
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  )
}

/** The campaign or the step of a journey that a message is from. Messages of a campaign name it as `campaign:ID`. */
function origin({ journey, journeyName, version, step }: MessageDetail): readonly (readonly [name: string, value: ReactNode])[] {
  if (journey === null) return [['From', 'a test']]
  const campaign = campaignOf(journey)
  if (campaign !== null)
    return [
      [
        'Campaign',
        <Link key="campaign" to="/campaigns/$id" params={{ id: campaign }} search={{}} className="link">
          {journeyName ?? campaign}
        </Link>,
      ],
    ]
  return [
    [
      'Journey',
      <Link
        key="journey"
        to="/journeys/$id"
        params={{ id: journey }}
        search={{ version: version ?? undefined, step: step ?? undefined }}
        className="link"
      >
        {journeyName ?? journey}
      </Link>,
    ],
    ['Step', step ?? 'none'],
  ]
}

function campaignOf(journey: string): string | null {
  return journey.startsWith('campaign:') ? journey.slice('campaign:'.length) : null
}

function Why({ message }: { readonly message: MessageDetail }) {
  const held = message.status === 'held' || message.status === 'queued' || message.status === 'cancelled'
  return (
    <Panel title="Why">
      <p className={`${styles.why} ${held ? styles.whyHeld : ''}`}>{message.reason}</p>
      {message.rule === null ? null : <p className="dim">The rule that decided: {message.rule.replaceAll('-', ' ')}.</p>}
      {message.sandbox ? (
        <p className="dim" style={{ marginTop: 6 }}>
          {channelTable[message.channel].carrier === 'none' ? (
            `It went to the sandbox: no provider can be connected to ${channelTable[message.channel].word} yet, and nobody received it.`
          ) : (
            <>
              It went to the sandbox, since {channelTable[message.channel].word} had no provider: nobody received it.{' '}
              <Link to="/settings/providers" className="link">
                Set one up
              </Link>
            </>
          )}
        </p>
      ) : null}
    </Panel>
  )
}

function Content({ message }: { readonly message: MessageDetail }) {
  const { content } = message
  const never = message.status === 'held' || message.status === 'cancelled'
  if (content === null) {
    return (
      <Empty
        title={never ? 'It was never written' : 'It has not been written yet'}
        action={
          message.journey === null ? undefined : (
            <Button
              component={Link}
              to={campaignOf(message.journey) === null ? `/journeys/${message.journey}` : `/campaigns/${campaignOf(message.journey)}`}
              variant="default"
            >
              Open the {campaignOf(message.journey) === null ? 'journey' : 'campaign'}
            </Button>
          )
        }
      >
        {never ? 'A message that is not sent is not rendered.' : 'A message is rendered just before it is sent, with what is known then.'}
      </Empty>
    )
  }
  switch (content.channel) {
    case 'email':
      return <EmailPreview content={content} to={message.to} />
    case 'inbox':
      return (
        <div style={{ maxWidth: 420 }}>
          <InboxCard content={content} unread={message.openedAt === null} />
        </div>
      )
    case 'webhook':
      return (
        <div className="stack">
          <p className="mono break">
            {content.method} {content.url}
          </p>
          <Facts
            items={Object.entries(content.headers).map(
              ([name, value]) =>
                [
                  name,
                  <span key={name} className="mono break">
                    {value}
                  </span>,
                ] as const,
            )}
          />
          <CodeBlock text={pretty(content.body)} what="body of the request" wrap />
        </div>
      )
    case 'sms':
    case 'whatsapp':
    case 'web-push':
    case 'app-push':
    case 'on-site':
    case 'ad-audience':
    case 'direct-mail':
      return <TextCard content={content} />
    default:
      return content satisfies never
  }
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
