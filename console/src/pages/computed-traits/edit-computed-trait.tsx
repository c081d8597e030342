import { useState } from 'react'
import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { traitDefinitionSchema } from '@throughline/contracts'
import type { Measure, TraitDefinition } from '@throughline/contracts'
import { describeTrait } from '@throughline/engine'
import { call } from '../../api/client.ts'
import { problemOf } from '../../api/failure.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { DefinitionFile } from '../../ui/definition-file.tsx'
import { LeaveGuard } from '../../ui/leave-guard.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Failure, Loaded } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { idOf } from '../segments/builder/words.ts'
import { FigureFields } from '../segments/editors/measure.tsx'
import { Sentence } from '../segments/editors/parts/words.tsx'
import { beginnings } from './beginnings.ts'
import styles from './computed-traits.module.css'

/** A new computed trait. */
export function NewComputedTrait() {
  const traits = useQuery(ask('computedTraits', {}))
  if (traits.data === undefined)
    return (
      <Page title="New computed trait">
        <Loaded query={traits} what="computed traits">
          {() => null}
        </Loaded>
      </Page>
    )
  return (
    <Editor begin={{ name: '', description: '', value: beginnings[0]!.value }} id={null} taken={traits.data.items.map(({ id }) => id)} />
  )
}

/** A computed trait that there is. What a colleague publishes meanwhile does not change what is being edited. */
export function EditComputedTrait() {
  const { id } = useParams({ from: '/app/segments/_traits/$id' })
  const traits = useQuery({ ...ask('computedTraits', {}), staleTime: 0 })
  const trait = traits.data?.items.find((one) => one.id === id)
  if (trait === undefined)
    return (
      <Page title="Edit a computed trait">
        <Loaded query={traits} what="computed traits">
          {() => (
            <Empty title={`There is no computed trait “${id}”`} action={<Link to="/segments/_traits">All computed traits</Link>}>
              It may have another id by now.
            </Empty>
          )}
        </Loaded>
      </Page>
    )
  const { name, description = '', value } = trait.definition
  return <Editor key={id} begin={{ name, description, value }} id={id} taken={[]} />
}

interface Draft {
  readonly name: string
  readonly description: string
  readonly value: Measure
}

interface EditorProps {
  readonly begin: Draft
  /** The trait that is edited; null for a new one. */
  readonly id: string | null
  readonly taken: readonly string[]
}

function Editor({ begin, id: existing, taken }: EditorProps) {
  const navigate = useNavigate()
  const [draft, setDraft] = useState(begin)
  const [asked, setAsked] = useState(false)
  const [first] = useState(() => JSON.stringify(begin))
  const definition: TraitDefinition = {
    kind: 'trait',
    id: existing ?? idOf(draft.name, taken, 'trait'),
    name: draft.name.trim(),
    ...(draft.description.trim() !== '' && { description: draft.description.trim() }),
    value: draft.value,
  }
  const parsed = traitDefinitionSchema.safeParse(definition)
  const problems = parsed.success ? [] : parsed.error.issues.filter(({ path }) => path[0] === 'value')
  const nameMissing = definition.name === ''
  const dirty = JSON.stringify(draft) !== first
  const save = useMutation({
    mutationFn: () => call('applyDefinitions', { body: { definitions: [definition] } }),
    onSuccess: async ({ results }) => {
      await queryClient.invalidateQueries({ queryKey: ['computedTraits'] })
      await queryClient.invalidateQueries({ queryKey: ['definitions'] })
      const [result] = results
      toast(
        result?.change === 'unchanged'
          ? 'Nothing had changed, so there is no new version.'
          : `Saved as version ${result?.version ?? 1}. What it says of everybody is being worked out from history, in the background.`,
      )
      await navigate({ to: '/segments/_traits', ignoreBlocker: true })
    },
  })
  const set = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }))
  const described = parsed.success ? describeTrait(parsed.data) : null
  return (
    <Page
      title={existing === null ? 'New computed trait' : `Edit ${begin.name}`}
      lead={existing === null ? undefined : 'Saving makes a new version. What it says of everybody is then worked out in the background.'}
      actions={
        <>
          <Button variant="default" component={Link} to="/segments/_traits">
            Cancel
          </Button>
          <Action
            route="applyDefinitions"
            loading={save.isPending}
            blocked={existing !== null && !dirty ? 'Nothing has been changed yet.' : undefined}
            onClick={() => {
              setAsked(true)
              if (parsed.success) save.mutate()
              else if (nameMissing) document.querySelector<HTMLElement>('[data-name]')?.focus()
            }}
          >
            {existing === null ? 'Save the computed trait' : 'Save a new version'}
          </Action>
        </>
      }
    >
      <div className={styles.page}>
        <Panel>
          <div className={styles.names}>
            <TextInput
              data-name
              label="Name"
              placeholder="Lifetime value"
              maxLength={120}
              value={draft.name}
              error={(asked && nameMissing ? 'Give it a name, so that others find it.' : undefined) ?? problemOf(save.error, 'name')}
              onChange={(event) => set({ name: event.currentTarget.value })}
            />
            <TextInput
              label="What it is for"
              placeholder="Optional"
              maxLength={2_000}
              value={draft.description}
              onChange={(event) => set({ description: event.currentTarget.value })}
            />
          </div>
        </Panel>
        {save.error !== null && problemOf(save.error, 'name') === undefined ? <Failure error={save.error} /> : null}
        <Panel title="What it says of a person">
          {existing === null ? <Beginnings onChoose={set} /> : null}
          <Sentence>
            <FigureFields
              measure={draft.value}
              onChange={(value) => set({ value })}
              isWrong={(field) => asked && problems.some(({ path }) => path.slice(1).join('.') === field)}
            />
          </Sentence>
          {asked && problems.length > 0 ? (
            <div className={styles.problems} role="alert">
              {problems.map(({ path, message }) => (
                <p key={`${path.join('.')} ${message}`}>
                  {path.slice(1).join(' ') || 'The figure'}: {message}
                </p>
              ))}
            </div>
          ) : null}
          {described === null ? null : (
            <div className={styles.reads}>
              <p>{described.sentence}</p>
              <p className="dim">{described.exactness}</p>
            </div>
          )}
        </Panel>
        {parsed.success ? (
          <details className={styles.file}>
            <summary>The same as a file</summary>
            <DefinitionFile definition={definition} />
          </details>
        ) : null}
      </div>
      <LeaveGuard dirty={dirty} />
    </Page>
  )
}

function Beginnings({ onChoose }: { readonly onChoose: (part: Partial<Draft>) => void }) {
  return (
    <div className={styles.begin}>
      <span className="dim">Begin with</span>
      {beginnings.map(({ name, value }) => (
        <Button key={name} size="compact-sm" variant="default" onClick={() => onChoose({ name, value })}>
          {name}
        </Button>
      ))}
    </div>
  )
}
