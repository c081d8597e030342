import { useCallback } from 'react'
import { Button, Select } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { exitsOf, goalsOf, reentryOf, startsOf, type RouteResponse } from '@throughline/contracts'
import { describeExit, describeGoal, describePriority, describeReentry, describeStart, nameOfGoal } from '@throughline/engine'
import { ask } from '../../api/queries.ts'
import { counted } from '../../format/format.ts'
import { goalsWords } from '../../format/goal-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Chips } from '../../ui/chips.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure, Loaded, Pending, Stale } from '../../ui/states.tsx'
import { Sum } from '../../ui/sum.tsx'
import { clauseOf } from '../segments/builder/words.ts'
import { DifferenceList } from './editor/difference-list.tsx'
import { comparedGraph, graphOf, stepTitle, withConversions } from './graph.ts'
import { Experiments } from './experiments.tsx'
import { GraphView } from './graph-view.tsx'
import { ListView } from './list-view.tsx'
import { differencesOf } from './model/differences.ts'
import { inFull } from './model/draft.ts'
import type { Names } from './steps/step-editor.ts'
import { Standing } from './standing.tsx'
import { useNames } from './use-names.ts'
import { Moves } from './people/moves.tsx'
import { WhoIsHere } from './people/who-is-here.tsx'
import styles from './journey.module.css'

type Journey = RouteResponse<'journey'>
const views = [
  ['graph', 'Drawing'],
  ['list', 'List'],
] as const

/** One journey: its way drawn with live counts, and who stands where. */
export function JourneyPage() {
  const { id } = useParams({ from: '/app/journeys/$id' })
  const { version, step, view, against, over, goal } = useSearch({ from: '/app/journeys/$id' })
  const navigate = useNavigate({ from: '/journeys/$id' })
  const narrow = useMediaQuery('(max-width: 700px)', undefined, { getInitialValueInEffect: false })
  const journey = useQuery({
    ...ask('journey', { params: { id }, query: { version, over } }),
    refetchInterval: 2_000,
    placeholderData: (before, query) => (query?.queryKey[0] === 'journey' && before?.id === id ? keepPreviousData(before) : undefined),
  })
  const conversions = useQuery({
    ...ask('journeyConversions', { params: { id }, query: { version, over } }),
    enabled: goal !== undefined,
    refetchInterval: 5_000,
    placeholderData: keepPreviousData,
  })
  const names = useNames()
  const other = useQuery({
    ...ask('journey', { params: { id }, query: { version: against } }),
    enabled: against !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const choose = useCallback(
    (chosen: string) => void navigate({ search: (now) => ({ ...now, step: now.step === chosen ? undefined : chosen }), replace: true }),
    [navigate],
  )
  if (journey.data === undefined) {
    return (
      <Page title="Journey">
        <Loaded query={journey} what="this journey" pending={<Pending what="this journey" rows={7} height={70} />}>
          {() => null}
        </Loaded>
      </Page>
    )
  }
  const { data } = journey
  const passages = graphOf(data, names)
  const drawn = goal === undefined || conversions.data === undefined ? passages : withConversions(passages, conversions.data, goal)
  const goals = goalsOf(data.definition)
  const elsewhere = data.steps.reduce((sum, one) => (data.definition.steps[one.step] === undefined ? sum + one.inside : sum), 0)
  const beside = against === undefined || against === data.version ? undefined : other.data?.definition
  const graph =
    beside === undefined ? drawn : comparedGraph(drawn, beside, differencesOf(inFull(beside), inFull(data.definition), names).steps, names)
  const shown = view ?? (narrow === true ? 'list' : 'graph')
  return (
    <Page
      title={data.name}
      lead={data.definition.description}
      actions={
        <>
          <Version
            journey={data}
            over={over}
            onChange={(chosen) =>
              void navigate({ search: (now) => ({ ...now, ...chosen, step: undefined, goal: undefined }), replace: true })
            }
          />
          <Standing journey={data} />
          <Button
            variant="default"
            renderRoot={(props) => <Link {...props} to="/journeys/$id/rehearsal" params={{ id }} search={{ of: 'live' }} />}
          >
            Rehearse
          </Button>
          <Button
            variant="default"
            renderRoot={(props) => <Link {...props} to="/journeys/$id/test" params={{ id }} search={{ of: 'live' }} />}
          >
            Test
          </Button>
          <Button variant="default" renderRoot={(props) => <Link {...props} to="/journeys/$id/brief" params={{ id }} search={{}} />}>
            Brief
          </Button>
          <EditLink id={id} />
        </>
      }
    >
      <Stale query={journey} />
      <JourneySum journey={data} left={graph.left} over={over} />
      <div className={step === undefined ? undefined : styles.split}>
        <Panel
          title="The way"
          flush
          aside={
            <div className={styles.showing}>
              {goals.length === 0 ? null : (
                <Select
                  size="xs"
                  w={230}
                  aria-label="What to show of each step"
                  allowDeselect={false}
                  value={goal === undefined ? '' : String(goal)}
                  data={[
                    { value: '', label: 'What each step does' },
                    ...goals.map((one, index) => ({ value: String(index), label: `How many reached: ${nameOfGoal(one)}` })),
                  ]}
                  onChange={(value) =>
                    void navigate({ search: (now) => ({ ...now, goal: value ? Number(value) : undefined }), replace: true })
                  }
                />
              )}
              <Chips
                label="How to show it"
                options={views}
                value={shown}
                onChange={(chosen) => void navigate({ search: (now) => ({ ...now, view: chosen }), replace: true })}
              />
            </div>
          }
        >
          {goal === undefined ? null : conversions.data === undefined && conversions.error !== null ? (
            <Failure error={conversions.error} what="How many reached the goal" retry={() => void conversions.refetch()} />
          ) : (
            <p className={styles.explained}>
              Of those who came through a step, or took a way, how many reached the goal afterwards, in the time in which it counts. Each
              time somebody is in the journey counts once; who had reached it before is left out, and who is still on the way may yet.
            </p>
          )}
          {elsewhere === 0 ? null : (
            <p className={styles.explained}>
              {elsewhere === 1 ? 'One person stands' : `${elsewhere} people stand`} at steps that only older versions have. Choose a version
              above to see where.
            </p>
          )}
          {shown === 'graph' ? (
            <GraphView key={`${data.id}:${data.version}`} graph={graph} chosen={step} choose={choose} />
          ) : (
            <ListView graph={graph} chosen={step} choose={choose} />
          )}
        </Panel>
        {step === undefined ? null : (
          <div className={styles.aside}>
            <WhoIsHere key={`${data.version} ${over} ${step}`} journey={data} step={step} over={over} close={() => choose(step)} />
          </div>
        )}
      </div>
      <Moves id={id} titleOf={(of, one) => (of === data.version ? stepTitle(data.definition, one) : one)} />
      <Experiments definition={data.definition} />
      <Rules journey={data} />
      {data.versions.length > 1 ? (
        <Changes
          key={`${data.version} ${against ?? ''}`}
          journey={data}
          names={names}
          against={against}
          onChange={(chosen) => void navigate({ search: (now) => ({ ...now, against: chosen }), replace: true })}
        />
      ) : null}
      <details className={styles.file}>
        <summary>The definition as data</summary>
        <JsonView value={data.definition} what="definition" />
      </details>
    </Page>
  )
}

interface ChangesProps {
  readonly journey: Journey
  readonly names: Names
  /** The version that is compared with on the drawing too; none so far: the one before is in words. */
  readonly against: number | undefined
  readonly onChange: (against: number | undefined) => void
}

/** What a version says that another does not. */
function Changes({ journey, names, against, onChange }: ChangesProps) {
  const { id, versions } = journey
  const others = versions.map((one) => one.version).filter((one) => one !== journey.version)
  const before = others.filter((one) => one < journey.version)
  const version = against !== undefined && others.includes(against) ? against : Math.max(...(before.length > 0 ? before : others))
  const other = useQuery({ ...ask('journey', { params: { id }, query: { version } }), staleTime: Number.POSITIVE_INFINITY })
  return (
    <Panel
      title={
        version === journey.version - 1
          ? `What version ${journey.version} changed`
          : `What version ${journey.version} says and version ${version} does not`
      }
      aside={
        <Select
          size="xs"
          w={210}
          clearable
          clearButtonProps={{ 'aria-label': 'No differences' }}
          aria-label="Show differences on the drawing"
          placeholder="Show on the drawing"
          value={against === undefined ? null : String(against)}
          data={others.map((one) => ({ value: String(one), label: `Beside version ${one}` }))}
          onChange={(value) => onChange(value === null ? undefined : Number(value))}
        />
      }
    >
      <Loaded query={other} what={`version ${version}`} pending={<Pending what={`version ${version}`} rows={2} />}>
        {({ definition }) => (
          <DifferenceList
            differences={differencesOf(inFull(definition), inFull(journey.definition), names)}
            same={`Nothing that people notice differs from version ${version}.`}
          />
        )}
      </Loaded>
    </Panel>
  )
}

/** Leads to the editor, and says whose draft is open there. */
function EditLink({ id }: { readonly id: string }) {
  const kept = useQuery(ask('journeyDraft', { params: { id } }))
  const draft = kept.data?.draft
  return (
    <Button
      renderRoot={(props) => <Link {...props} to="/journeys/$id/edit" params={{ id }} />}
      title={draft ? `Saved by ${draft.savedBy}` : undefined}
    >
      {draft ? 'Edit the draft' : 'Edit'}
    </Button>
  )
}

interface VersionProps {
  readonly journey: Journey
  readonly over: 'all' | undefined
  readonly onChange: (chosen: { readonly version: number | undefined; readonly over: 'all' | undefined }) => void
}

/** Which version is shown; or the newest, with the people of all. */
function Version({ journey, over, onChange }: VersionProps) {
  const format = useFormat()
  const latest = Math.max(...journey.versions.map((one) => one.version))
  return (
    <Select
      aria-label="Version"
      allowDeselect={false}
      w={300}
      value={journey.versions.length > 1 && over !== undefined ? over : String(journey.version)}
      onChange={(value) => {
        if (value === 'all') onChange({ version: undefined, over: value })
        else if (value !== null) onChange({ version: Number(value), over: undefined })
      }}
      data={[
        ...journey.versions.map((one) => ({
          value: String(one.version),
          label: `Version ${one.version}${one.version === latest ? ', latest' : ''} · ${counted(format, one.inside, 'person', 'people')} inside`,
        })),
        ...(journey.versions.length === 1
          ? []
          : [{ value: 'all', label: `All versions, drawn as ${latest} · ${counted(format, journey.inside, 'person', 'people')} inside` }]),
      ]}
    />
  )
}

/** What came in adds up: those inside and those who left, by reason. */
function JourneySum({
  journey,
  left,
  over,
}: {
  readonly journey: Journey
  readonly over: 'all' | undefined
  readonly left: { readonly goal: number; readonly exit: number; readonly end: number }
}) {
  const format = useFormat()
  const entered = journey.edges.find((edge) => edge.id === 'entry')?.count ?? 0
  const passed = (wanted: string): number => journey.edges.find((edge) => edge.id === wanted)?.count ?? 0
  const [movedIn, movedOut] = [passed('moved:in'), passed('moved:out')]
  const inside =
    over === 'all'
      ? journey.inside
      : (journey.versions.find((one) => one.version === journey.version)?.inside ?? journey.steps.reduce((sum, one) => sum + one.inside, 0))
  const keptOut = passed('kept-out')
  const goals = goalsOf(journey.definition)
  const named = goals.map((goal, index) => ({
    name: nameOfGoal(goal),
    reached: passed(`goal:${index}`),
    leaves: goal.afterwards === 'leave',
  }))
  const parts = [
    ['entered', format.number(entered), over === 'all' ? 'in all versions' : `in version ${journey.version}`],
    ...(movedIn === 0 ? [] : [['moved here', format.number(movedIn), 'from other versions'] as const]),
    ['inside now', format.number(inside), 'on their way'],
    [
      'left by the goal',
      format.number(left.goal),
      goals.length === 0 ? 'no goal is set' : `${goals.length === 1 ? '' : 'reached: '}${goalsWords(named, entered, format)}`,
    ],
    ['left by an exit', format.number(left.exit), 'for another reason'],
    ['came to the end', format.number(left.end), 'of the way'],
    ...(keptOut === 0 ? [] : [['kept out', format.number(keptOut), 'while in a more important one'] as const]),
    ...(movedOut === 0 ? [] : [['moved away', format.number(movedOut), 'to other versions'] as const]),
  ] as const
  return <Sum parts={parts} />
}

function Rules({ journey }: { readonly journey: Journey }) {
  const { definition } = journey
  const [goals, exits] = [goalsOf(definition), exitsOf(definition)]
  const { key, perPerson, perDay, mostMessages, opens, closes } = definition
  return (
    <Panel title="Rules">
      <ul className={styles.rules}>
        {startsOf(definition).map((entry, index) => (
          <li key={index}>
            <strong>{index === 0 ? 'Starts' : 'or'}</strong> when {describeStart(entry)}
            {entry.if === undefined ? '' : `, if ${clauseOf(entry.if)}`}.
          </li>
        ))}
        <li>
          <strong>How often</strong> {describeReentry(reentryOf(definition))}
          {key === undefined ? '' : ` and ${key}`}
          {perPerson === undefined ? '' : `, at most ${perPerson.times} times in ${perPerson.within}`}
          {perDay === undefined ? '' : `; ${perDay} people a day`}.
        </li>
        {mostMessages === undefined ? null : (
          <li>
            <strong>At most</strong> {mostMessages.times} of its messages in {mostMessages.within} to one person.
          </li>
        )}
        {describePriority(definition).length === 0 ? null : (
          <li>
            <strong>Among others</strong> {describePriority(definition).join(' ')}
          </li>
        )}
        {opens === undefined ? null : (
          <li>
            <strong>Opens</strong> {opens}
          </li>
        )}
        {closes === undefined ? null : (
          <li>
            <strong>Closes</strong> {closes}
          </li>
        )}
        {goals.length === 0 ? (
          <li>
            <strong>Goal</strong> None is set.
          </li>
        ) : (
          goals.map((goal, index) => (
            <li key={index}>
              <strong>Goal</strong> {goal.name === undefined ? '' : `${goal.name}: `}
              {describeGoal(goal)}
              {goal.afterwards === 'leave' ? '; whoever does it leaves at once, also in the middle of a wait.' : '.'}
            </li>
          ))
        )}
        {exits.length === 0 ? null : (
          <li>
            <strong>Ends early</strong> on {exits.map(describeExit).join(', or ')}.
          </li>
        )}
      </ul>
    </Panel>
  )
}
