import { Button, Select } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { usualGoal } from '@throughline/contracts'
import type { CampaignSend, RouteResponse } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import { isOpen, learnWords, metricWords, rampWords, sendStateNames, whenWords } from '../../format/campaign-words.ts'
import { channelNames } from '../../format/message-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { CodeBlock } from '../../ui/copy.tsx'
import { DefinitionFile } from '../../ui/definition-file.tsx'
import { Page } from '../../ui/page.tsx'
import { Facts, Panel } from '../../ui/panel.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { useNames } from '../journeys/use-names.ts'
import { Archive, Restore } from './archive.tsx'
import { Redirects } from './redirects.tsx'
import { SendPanels } from './send.tsx'
import { UndoBar } from './undo-bar.tsx'
import styles from './campaigns.module.css'

export type Campaign = RouteResponse<'campaign'>

/** One campaign: how far its send is, what can be done about it, and what became of everybody. */
export function CampaignPage() {
  const { id } = useParams({ from: '/app/campaigns/$id' })
  const { send: chosen } = useSearch({ from: '/app/campaigns/$id' })
  const campaign = useQuery({
    ...ask('campaign', { params: { id } }),
    refetchInterval: ({ state: { data: now } }) => (now?.sends.some(({ state }) => isOpen(state)) === true ? 1_500 : 15_000),
  })
  const { data } = campaign
  return (
    <Page
      title={data?.name ?? 'Campaign'}
      lead={data?.definition.description}
      actions={data === undefined || data.archived ? undefined : <Deeds campaign={data} />}
    >
      <Loaded query={campaign} what="the campaign">
        {(loaded) => {
          const send = loaded.sends.find(({ number }) => number === chosen) ?? loaded.sends[0]
          return (
            <>
              {loaded.archived ? <Restore campaign={loaded} /> : null}
              {loaded.sends.map((one) => (
                <UndoBar key={one.number} send={one} />
              ))}
              <div className={styles.page}>
                <div className={styles.main}>
                  {loaded.sends.length > 1 ? <WhichSend sends={loaded.sends} value={send} /> : null}
                  {send === undefined ? <NeverSent campaign={loaded} /> : <SendOfCampaign campaign={loaded} send={send} />}
                </div>
                <div className={styles.side}>
                  <WhatItIs campaign={loaded} />
                  {loaded.sends.length === 0 ? null : <Redirects campaign={loaded} />}
                  <details className={styles.file}>
                    <summary>As a file</summary>
                    <DefinitionFile definition={loaded.definition} />
                  </details>
                </div>
              </div>
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

/** A send by what the campaign said when it was sent: it may be another version by now. */
function SendOfCampaign({ campaign, send }: { readonly campaign: Campaign; readonly send: CampaignSend }) {
  const { id, version, definition, sends } = campaign
  const isEarlier = send.version !== version
  const versions = useQuery({ ...ask('definitionVersions', { params: { kind: 'campaign', id } }), enabled: isEarlier, staleTime: 300_000 })
  if (!isEarlier) return <SendPanels send={send} definition={definition} latest={definition} sends={sends} />
  return (
    <Loaded query={versions} what={`version ${send.version} of the campaign`}>
      {({ items }) => {
        const then = items.find((one) => one.version === send.version)?.definition
        return <SendPanels send={send} definition={then?.kind === 'campaign' ? then : definition} latest={definition} sends={sends} />
      }}
    </Loaded>
  )
}

function Deeds({ campaign }: { readonly campaign: Campaign }) {
  const { id, sends, definition } = campaign
  const open = sends.some(({ state }) => isOpen(state))
  return (
    <>
      <Archive campaign={campaign} />
      <Button
        leftSection={<IconPencil size={16} aria-hidden />}
        renderRoot={(props) => <Link {...props} to="/campaigns/$id/edit" params={{ id }} />}
      >
        {open || definition.when.kind === 'api' ? 'Edit' : sends.length === 0 ? 'Edit and send' : 'Edit and send again'}
      </Button>
    </>
  )
}

/** Which of several sends is shown; the newest one by itself. */
function WhichSend({ sends, value }: { readonly sends: readonly CampaignSend[]; readonly value: CampaignSend | undefined }) {
  const format = useFormat()
  const navigate = useNavigate({ from: '/campaigns/$id' })
  return (
    <Select
      aria-label="Send"
      allowDeselect={false}
      value={String(value?.number)}
      data={sends.map(({ number, state, startsAt }, index) => ({
        value: String(number),
        label: `Send ${number}${index === 0 ? ', the latest' : ''} · ${format.date(startsAt)}, ${format.minute(startsAt)} · ${sendStateNames[state].toLowerCase()}`,
      }))}
      onChange={(number) =>
        void navigate({ search: { send: number === null ? undefined : Number(number) }, replace: true, resetScroll: false })
      }
    />
  )
}

function NeverSent({ campaign: { id, definition, archived } }: { readonly campaign: Campaign }) {
  if (definition.when.kind === 'api')
    return (
      <Panel title="Nobody got it yet">
        <div className="stack" style={{ gap: 8 }}>
          <p>It goes out each time that a program asks for it, with the API key of an editor:</p>
          <CodeBlock
            text={`curl -X POST ${window.location.origin}/api/campaigns/${id}/send \\\n  -H 'Authorization: Bearer YOUR_API_KEY' -H 'Content-Type: application/json' \\\n  -d '{"key": "order-10412", "properties": {}}'`}
            what="call that sends it"
            wrap
          />
          <p className="dim">Asked again with the same key, nothing happens again. Templates see the properties as the event.</p>
        </div>
      </Panel>
    )
  return (
    <Panel>
      <Empty
        title="Nobody got it yet"
        action={
          archived ? undefined : (
            <Button renderRoot={(props) => <Link {...props} to="/campaigns/$id/edit" params={{ id }} />}>See how many it reaches</Button>
          )
        }
      >
        It is saved, and was not sent. The next page shows how many it reaches and what it costs; from there it is sent.
      </Empty>
    </Panel>
  )
}

function WhatItIs({ campaign: { definition, version, sentence } }: { readonly campaign: Campaign }) {
  const format = useFormat()
  const names = useNames()
  const { audience, message, variants, holdOut, winner, learn, when, ramp, perMinute } = definition
  const goal = { ...usualGoal, ...definition.goal }
  return (
    <Panel title="What it is">
      <p style={{ marginBottom: 8 }}>{sentence}.</p>
      <Facts
        items={[
          [
            'To',
            audience.segment === undefined ? (
              'Everybody'
            ) : (
              <Link key="to" to="/segments/$id" params={{ id: audience.segment }} search={{}} className="link">
                {names.segment(audience.segment)}
              </Link>
            ),
          ],
          ...(audience.except === undefined ? [] : [['But not', audience.except.map(names.segment).join(', ')] as const]),
          ['By', `${channelNames[message.channel]}: ${names.template(message.template)}`],
          ...(variants === undefined
            ? []
            : [
                [
                  'Variants',
                  variants.map(({ name, template }) => `${name}: ${names.template(template ?? message.template)}`).join(', '),
                ] as const,
              ]),
          ...(winner === undefined
            ? []
            : [
                [
                  'Test',
                  `${format.number(winner.testPercent)} % for ${winner.after}; the rest gets the one that ${metricWords[winner.by]}`,
                ] as const,
              ]),
          ...(learn === undefined ? [] : [['Weights', learnWords(learn, format)] as const]),
          ...(holdOut === undefined ? [] : [['Held out', `${format.number(holdOut.percent)} %`] as const]),
          ...(message.purpose === 'transactional' ? [['As', 'a service message, which needs no consent to marketing'] as const] : []),
          ['When', whenWords(when, format)],
          ...(ramp === undefined ? [] : [['Ramp', rampWords(ramp, format)] as const]),
          ...(perMinute === undefined ? [] : [['How fast', `${format.number(perMinute)} a minute at most`] as const]),
          ['For', `${goal.event} within ${goal.within}`],
          ['Version', version],
        ]}
      />
    </Panel>
  )
}
