import { useState } from 'react'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { useMayCall } from '../../api/access.ts'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { Chips } from '../../ui/chips.tsx'
import { CodeBlock, CopyIcon } from '../../ui/copy.tsx'
import { NameDialog } from '../../ui/name-dialog.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Removal } from '../../ui/removal.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { Denied } from './denied.tsx'
import { ListRow } from './list-row.tsx'
import { browserSnippet, curlExample, nodeExample } from './snippets.ts'
import styles from './settings.module.css'

type Source = RouteResponse<'sources'>['items'][number]
const ways = [
  ['web', 'Web site'],
  ['node', 'Node.js'],
  ['curl', 'Command line'],
] as const
type Way = (typeof ways)[number][0]

/** Where events come from: keys, and what to paste where. */
export function Sources() {
  const allowed = useMayCall('sources')
  const sources = useQuery({ ...ask('sources', {}), enabled: allowed.kind === 'yes', refetchInterval: 10_000 })
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<Source | null>(null)
  return (
    <Page
      title="Sources"
      lead="Each source of events has a key of its own. Any client of Segment works, pointed at this server."
      actions={
        <Action route="createSource" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setAdding(true)}>
          Add a source
        </Action>
      }
    >
      {allowed.kind === 'no' ? (
        <Denied why={allowed.why} />
      ) : (
        <Loaded query={sources} what="sources">
          {({ items }) =>
            items.length === 0 ? (
              <Panel>
                <Empty
                  title="No source yet"
                  action={
                    <Action route="createSource" onClick={() => setAdding(true)}>
                      Add a source
                    </Action>
                  }
                >
                  Add one for your web shop; its key goes into the snippet.
                </Empty>
              </Panel>
            ) : (
              <>
                <Panel flush>
                  <ul>
                    {items.map((source) => (
                      <Row key={source.id} source={source} remove={() => setRemoving(source)} />
                    ))}
                  </ul>
                </Panel>
                <HowTo sources={items} />
              </>
            )
          }
        </Loaded>
      )}
      {adding ? <AddSource close={() => setAdding(false)} /> : null}
      {removing === null ? null : (
        <Removal
          title={`Remove “${removing.name}”`}
          action="Remove the source"
          remove={async () => {
            await call('deleteSource', { params: { id: removing.id } })
            await queryClient.invalidateQueries({ queryKey: ['sources'] })
            setRemoving(null)
          }}
          close={() => setRemoving(null)}
        >
          Its key stops working at once: whatever still sends with it gets a 401. Events that have come stay.
        </Removal>
      )}
    </Page>
  )
}

function Row({ source, remove }: { readonly source: Source; readonly remove: () => void }) {
  return (
    <ListRow
      name={source.name}
      about={
        <>
          {source.lastEventAt === null ? (
            'No event yet'
          ) : (
            <>
              Last event <When at={source.lastEventAt} />
            </>
          )}{' '}
          · added <When at={source.createdAt} as="date" />
        </>
      }
      deeds={
        <Action route="deleteSource" variant="subtle" color="red" size="compact-sm" aria-label={`Remove ${source.name}`} onClick={remove}>
          Remove
        </Action>
      }
    >
      <div>
        <span className="dim">Write key </span>
        <span className={`${styles.key} mono`}>
          <span className="break">{source.writeKey}</span>
          <CopyIcon text={source.writeKey} what={`write key of ${source.name}`} />
        </span>
      </div>
    </ListRow>
  )
}

function HowTo({ sources }: { readonly sources: readonly Source[] }) {
  const settings = useQuery(ask('settings', {}))
  const [way, setWay] = useState<Way>('web')
  const [id, setId] = useState(sources[0]?.id)
  const source = sources.find((one) => one.id === id) ?? sources[0]
  if (source === undefined) return null
  const input = { host: (settings.data?.baseUrl ?? window.location.origin).replace(/\/+$/, ''), writeKey: source.writeKey }
  const text: Record<Way, string> = { web: browserSnippet(input), node: nodeExample(input), curl: curlExample(input) }
  const hint: Record<Way, string> = {
    web: 'Paste it before </head> on every page. It loads the library from this server, so nothing goes anywhere else.',
    node: 'For your server or a script.',
    curl: 'To try it without writing a line.',
  }
  return (
    <Panel title="Send the first event" aside={<Chips label="From where" options={ways} value={way} onChange={setWay} />}>
      <div className={styles.form}>
        {sources.length > 1 ? (
          <Chips label="Source" options={sources.map((one) => [one.id, one.name] as const)} value={source.id} onChange={setId} />
        ) : null}
        <p className="soft">{hint[way]}</p>
        <CodeBlock text={text[way]} what={`example for ${ways.find(([one]) => one === way)?.[1] ?? way}`} />
        {input.host === window.location.origin || settings.data === undefined ? null : (
          <p className="dim">
            It speaks to {input.host}, the address from the workspace’s settings; you are at {window.location.origin}.
          </p>
        )}
      </div>
    </Panel>
  )
}

function AddSource({ close }: { readonly close: () => void }) {
  return (
    <NameDialog
      title="Add a source"
      route="createSource"
      action="Add the source"
      placeholder="Web shop"
      close={close}
      save={async (name) => {
        await call('createSource', { body: { name } })
        await queryClient.invalidateQueries({ queryKey: ['sources'] })
        close()
      }}
    />
  )
}
