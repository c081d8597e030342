import { useState } from 'react'
import { TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { factsOf, type Definition, type JourneyDefinition, type RouteResponse } from '@throughline/contracts'
import { call } from '../../../api/client.ts'
import { problemOf } from '../../../api/failure.ts'
import { ask, queryClient } from '../../../api/queries.ts'
import { Action } from '../../../ui/action.tsx'
import { NameDialog } from '../../../ui/name-dialog.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { graphOf } from '../graph.ts'
import { GraphView } from '../graph-view.tsx'
import { ListView } from '../list-view.tsx'
import { TemplateGlance } from '../steps/parts/template-glance.tsx'
import styles from './ready-made.module.css'

type Answer = RouteResponse<'readyMade'>

/** One of the ready-made journeys: what it does and says, what this shop lacks for it, and the button that takes it over. */
export function ReadyMadePage() {
  const { ready } = useParams({ from: '/app/journeys/_ready-made/$ready' })
  const found = useQuery(ask('readyMade', { params: { id: ready } }))
  const { data } = found
  return (
    <Page title={data?.name ?? 'Ready-made journey'} lead={data?.use} actions={data === undefined ? undefined : <Take one={data} />}>
      <Loaded query={found} what="this ready-made journey">
        {(one) => {
          const journey = one.definitions.find((each) => each.kind === 'journey')
          return (
            <>
              <Standing one={one} />
              <Panel title="What to change">
                <ul className={styles.list}>
                  {one.change.map((each) => (
                    <li key={each}>{each}</li>
                  ))}
                </ul>
              </Panel>
              {journey === undefined ? null : <Preview journey={journey} definitions={one.definitions} />}
            </>
          )
        }}
      </Loaded>
      <p>
        <Link to="/journeys/_ready-made" className="link">
          All ready-made journeys
        </Link>
      </p>
    </Page>
  )
}

/** What the shop has of what the journey needs. */
function Standing({ one }: { readonly one: Answer }) {
  const sandboxed = one.channels.filter(({ carried }) => !carried)
  return (
    <Panel title="What it needs">
      <ul className={styles.list}>
        {one.needs.map(({ kind, name, about, seen }) => (
          <li key={name}>
            <strong>{kind === 'trait' ? `the trait ${name}` : name}</strong>: {about}
            {seen === true ? null : (
              <span className={styles.lacks}>
                {seen === null
                  ? ' History cannot be read now, so whether it was ever sent is not known.'
                  : kind === 'event'
                    ? ' This shop has never sent it.'
                    : ' Nobody here has it yet.'}
              </span>
            )}
          </li>
        ))}
      </ul>
      {sandboxed.length === 0 ? null : (
        <p className={styles.lacks}>
          No provider for {sandboxed.map(({ channel }) => factsOf(channel).word).join(', ')}: those messages go to the sandbox and nobody
          receives them.{' '}
          <Link to="/settings/providers" className="link">
            Look at the providers
          </Link>
        </p>
      )}
    </Panel>
  )
}

/** The way drawn without counts, since nothing has happened yet; below it what its messages say. */
function Preview({ journey, definitions }: { readonly journey: JourneyDefinition; readonly definitions: readonly Definition[] }) {
  const narrow = useMediaQuery('(max-width: 700px)', undefined, { getInitialValueInEffect: false })
  const [chosen, setChosen] = useState<string>()
  const nameOf = (kind: Definition['kind']) => (id: string) => definitions.find((one) => one.kind === kind && one.id === id)?.name ?? id
  const names = { template: nameOf('template'), segment: nameOf('segment'), journey: nameOf('journey'), step: (id: string) => id }
  const drawn = graphOf({ definition: journey, edges: [], steps: [] }, names)
  const graph = { ...drawn, nodes: drawn.nodes.map((node) => ({ ...node, inside: null })) }
  const choose = (step: string) => setChosen((before) => (before === step ? undefined : step))
  const templates = new Map(definitions.flatMap((one) => (one.kind === 'template' ? [[one.id, one] as const] : [])))
  const messages = graph.nodes.flatMap(({ id }) => {
    const step = journey.steps[id]
    const template = step?.kind === 'message' ? templates.get(step.template) : undefined
    return template === undefined ? [] : [{ id, template }]
  })
  return (
    <>
      <Panel title="The way" flush>
        {narrow === true ? (
          <ListView graph={graph} chosen={chosen} choose={choose} bare />
        ) : (
          <GraphView graph={graph} chosen={chosen} choose={choose} bare />
        )}
      </Panel>
      <Panel title="What it says">
        {messages.map(({ id, template }) => (
          <details key={`${id} ${chosen === id}`} className={styles.message} open={chosen === id}>
            <summary>
              {template.name} <span className="dim">{factsOf(template.channel).name}</span>
            </summary>
            <TemplateGlance template={template} />
          </details>
        ))}
      </Panel>
    </>
  )
}

/** The button that makes a draft of it. */
function Take({ one }: { readonly one: Answer }) {
  const [asking, setAsking] = useState(false)
  const [site, setSite] = useState('https://')
  const [problem, setProblem] = useState<string>()
  const navigate = useNavigate()
  const isAddress = /^https?:\/\/[^\s/]+\.[^\s]+$/.test(site.trim())
  return (
    <>
      <Action route="takeReadyMade" onClick={() => setAsking(true)}>
        Use it
      </Action>
      {asking ? (
        <NameDialog
          title={`Use ${one.name}`}
          action="Make a draft"
          route="takeReadyMade"
          initial={one.name}
          blocks={(name) =>
            name === ''
              ? 'Give it a name first.'
              : isAddress
                ? undefined
                : 'Say the address of your shop first, such as https://www.example.com.'
          }
          close={() => setAsking(false)}
          save={async (name) => {
            setProblem(undefined)
            try {
              const { journey } = await call('takeReadyMade', { params: { id: one.id }, body: { name, site: site.trim() } })
              await Promise.all(
                (['journeyDrafts', 'definitions', 'segments'] as const).map((key) => queryClient.invalidateQueries({ queryKey: [key] })),
              )
              await navigate({ to: '/journeys/$id/edit', params: { id: journey } })
            } catch (error) {
              setProblem(problemOf(error, 'site'))
              throw error
            }
          }}
        >
          <TextInput
            label="Address of your shop"
            description="The links of its messages lead there."
            type="url"
            required
            maxLength={500}
            value={site}
            onChange={(event) => setSite(event.currentTarget.value)}
            error={problem}
          />
          <p className="dim">
            Its templates and segments are published under free ids, and the journey becomes a draft. Nobody enters before you publish it.
          </p>
        </NameDialog>
      ) : null}
    </>
  )
}
