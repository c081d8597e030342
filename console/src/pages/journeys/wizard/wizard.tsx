import { Button, TextInput } from '@mantine/core'
import { useCallback, useMemo, useRef, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { journeyAnswersSchema, type JourneyAnswers, type TemplateDefinition } from '@throughline/contracts'
import { answersOf, draftFromAnswers, type Drafted } from '@throughline/engine'
import { call } from '../../../api/client.ts'
import { ask, queryClient } from '../../../api/queries.ts'
import { counted } from '../../../format/format.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Action } from '../../../ui/action.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { Failure } from '../../../ui/states.tsx'
import { idOf } from '../../segments/builder/words.ts'
import { GraphView } from '../graph-view.tsx'
import { graphOf, type Graph } from '../graph.ts'
import { inFull, writeDraft } from '../model/draft.ts'
import { useNames, usePublished } from '../use-names.ts'
import { fill, forgetAnswers, keepAnswers, loadAnswers, openOf } from './answers.ts'
import { Changes } from './changes.tsx'
import { entrantsWords, messagesWords } from './figure-words.ts'
import type { GroupProps, Said } from './groups.ts'
import { Hope } from './hope.tsx'
import { Question } from './question.tsx'
import { useFigures } from './use-figures.ts'
import { Who } from './who.tsx'
import { Words } from './words.tsx'
import styles from './wizard.module.css'

const steps = [
  { title: 'Who comes in', asks: [0, 1, 2, 3, 4, 8], Group: Who },
  { title: 'What you hope for', asks: [5, 6, 7, 16, 17], Group: Hope },
  { title: 'What you say', asks: [9, 10, 12, 13], Group: Words },
  { title: 'What changes the way', asks: [11, 14, 15], Group: Changes },
] as const
const last = steps.length

/** A new journey by seventeen questions: on the left they are asked, on the right it is drawn as it grows. */
export function Wizard() {
  const [answers, setAnswers] = useState(loadAnswers)
  const [kept, setKept] = useState(true)
  const [step, setStep] = useState(0)
  const [told, setTold] = useState(false)
  const head = useRef<HTMLDivElement>(null)
  const published = usePublished()
  const say = useCallback((said: Said) => {
    setAnswers((before) => {
      const next = Object.fromEntries(Object.entries({ ...before, ...said }).filter(([, value]) => value !== undefined)) as JourneyAnswers
      setKept(keepAnswers(next))
      return next
    })
  }, [])
  const open = openOf(answers)
  const templates = useMemo(() => (published ?? []).filter((one): one is TemplateDefinition => one.kind === 'template'), [published])
  const { drawing, drafted } = useDrafts(answers, templates)
  const figures = useFigures(answers, drafted)
  const go = (to: number): void => {
    setStep(to)
    head.current?.focus()
  }
  const shown = steps[step]
  const group: GroupProps = { answers, say, figures, openOf: (number) => (told ? open.filter((one) => one.number === number) : []) }
  return (
    <Page
      title="New journey: seventeen questions"
      lead="Answer what you know, in any order. The journey is drawn as you answer; nothing is sent before you publish it."
      actions={
        <Button variant="default" onClick={() => (setAnswers(forgetAnswers()), setStep(0), setTold(false))}>
          Begin anew
        </Button>
      }
    >
      <nav aria-label="Groups of questions">
        <ol className={styles.steps}>
          {[...steps.map(({ title }) => title), 'Look at it'].map((title, index) => (
            <li key={title}>
              <button type="button" className={styles.step} aria-current={index === step ? 'step' : undefined} onClick={() => go(index)}>
                {index + 1}. {title}
              </button>
            </li>
          ))}
        </ol>
      </nav>
      <div className={styles.two}>
        <div ref={head} tabIndex={-1} style={{ outline: 'none' }}>
          <Panel title={shown?.title ?? 'Look at it'}>
            {step === 0 ? (
              <Question number={0} words="What is it called?" open={group.openOf(0).filter(({ field }) => field === 'name')}>
                <TextInput
                  className={styles.field}
                  aria-label="Name of the journey"
                  placeholder="From the newsletter to the first order"
                  value={answers.name}
                  onChange={(event) => say({ name: event.currentTarget.value })}
                />
              </Question>
            ) : null}
            {shown === undefined ? (
              <Look drafted={drafted} open={open} templates={templates} goTo={(number) => (setTold(true), go(stepOf(number)))} />
            ) : (
              <shown.Group {...group} />
            )}
            <div className={styles.foot}>
              {step === 0 ? null : (
                <Button variant="default" onClick={() => go(step - 1)}>
                  Back
                </Button>
              )}
              {step === last ? (
                <Finish
                  answers={answers}
                  drafted={drafted}
                  published={published !== undefined}
                  forget={() => setAnswers(forgetAnswers())}
                />
              ) : (
                <Button onClick={() => go(step + 1)}>Next: {steps[step + 1]?.title ?? 'Look at it'}</Button>
              )}
              <span className={styles.saved}>
                {kept ? 'Your answers are kept in this browser.' : 'This browser keeps nothing: your answers are lost when you leave.'}
              </span>
            </div>
          </Panel>
        </div>
        <Side drawing={drawing} figures={figures} />
      </div>
    </Page>
  )
}

/** The step on which a question is asked; where the messages lead is asked with them. */
function stepOf(number: number): number {
  return Math.max(
    0,
    steps.findIndex(({ asks }) => (asks as readonly number[]).includes(number)),
  )
}

/** The journey as it can be drawn with gaps, and as it could be published; null while something is open. */
function useDrafts(answers: JourneyAnswers, templates: readonly TemplateDefinition[]) {
  const id = useJourneyId(answers.name)
  const [drawing, setDrawing] = useState<Drafted | null>(null)
  const found = useMemo(() => {
    const draft = (from: JourneyAnswers): Drafted | null => {
      const parsed = journeyAnswersSchema.safeParse(from)
      return parsed.success ? draftFromAnswers(parsed.data, { id, templates }) : null
    }
    return { drawing: draft(fill(answers)), drafted: draft(answers) }
  }, [answers, id, templates])
  // While a number is being typed the drawing stays as it was.
  if (found.drawing !== null && found.drawing !== drawing) setDrawing(found.drawing)
  return { drawing, drafted: found.drafted }
}

function useJourneyId(name: string): string {
  const journeys = useQuery({ ...ask('journeys', {}), staleTime: 30_000 })
  const drafts = useQuery({ ...ask('journeyDrafts', {}), staleTime: 30_000 })
  return useMemo(
    () =>
      idOf(
        name,
        [...(journeys.data?.items ?? []), ...(drafts.data?.items ?? [])].map(({ id }) => id),
        'journey',
      ),
    [name, journeys.data, drafts.data],
  )
}

/** Nobody is inside what is not published: that is no figure. */
const withoutPeople = (graph: Graph): Graph => ({ ...graph, nodes: graph.nodes.map((node) => ({ ...node, inside: null })) })

/** The drawing as it grows, and what it would have done. */
function Side({ drawing, figures }: { readonly drawing: Drafted | null; readonly figures: GroupProps['figures'] }) {
  const format = useFormat()
  const names = useNames()
  // The passages that its history would have brought, as far as they are those of this drawing.
  const edges = figures.rehearsing ? undefined : figures.rehearsal?.edges
  const graph = useMemo(
    () => (drawing === null ? null : withoutPeople(graphOf({ definition: drawing.journey, edges: edges ?? [], steps: [] }, names))),
    [drawing, names, edges],
  )
  return (
    <div className={styles.side}>
      <Panel title="What your history says">
        <div aria-live="polite" aria-busy={figures.rehearsing} className={styles.rows}>
          <p>{entrantsWords(figures, format)}</p>
          {figures.rehearsal === undefined ? null : (
            <>
              <p>{messagesWords(figures.rehearsal, format)}</p>
              {figures.rehearsal.goals.length === 0 ? null : (
                <p className="soft">
                  Reached anyway, without a message:{' '}
                  {figures.rehearsal.goals.map(({ name, reached }) => `${name} ${counted(format, reached, 'time', 'times')}`).join('; ')}.
                </p>
              )}
            </>
          )}
        </div>
      </Panel>
      <Panel title="The journey so far" flush>
        {graph === null ? null : (
          <GraphView
            key={graph.nodes.map(({ id }) => id).join()}
            graph={graph}
            chosen={undefined}
            choose={() => undefined}
            bare={edges === undefined}
          />
        )}
      </Panel>
    </div>
  )
}

/** All answers as the journey gives them, and what is still open. */
function Look({
  drafted,
  open,
  templates,
  goTo,
}: {
  readonly drafted: Drafted | null
  readonly open: ReturnType<typeof openOf>
  readonly templates: readonly TemplateDefinition[]
  readonly goTo: (number: number) => void
}) {
  if (drafted === null)
    return (
      <div className={styles.rows}>
        <p>Before it can be drawn, say:</p>
        <ul className={styles.rows}>
          {open.map(({ number, field, words }) => (
            <li key={field}>
              <button type="button" className="link" onClick={() => goTo(field === 'link' ? 9 : number)}>
                {number === 0 ? (field === 'link' ? 'Where the messages lead' : 'What it is called') : `Question ${number}`}
              </button>{' '}
              <span className="soft">{words}</span>
            </li>
          ))}
        </ul>
      </div>
    )
  return (
    <>
      <dl className={styles.answers}>
        {answersOf(drafted.journey, [...templates, ...drafted.templates]).map(({ number, question, answer }) => (
          <div key={number}>
            <dt>
              {number}. {question}
            </dt>
            <dd>{answer}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.figure}>
        {drafted.templates.length === 0
          ? 'All of its templates are there already.'
          : `${drafted.templates.length} ${drafted.templates.length === 1 ? 'template' : 'templates'} with a first English text will be made for it. Nothing uses them before you publish the journey.`}
      </p>
    </>
  )
}

/** Makes the templates and the draft, and opens it in the editor. */
function Finish({
  answers,
  drafted,
  published,
  forget,
}: {
  readonly answers: JourneyAnswers
  readonly drafted: Drafted | null
  readonly published: boolean
  readonly forget: () => void
}) {
  const navigate = useNavigate()
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const finish = async (): Promise<void> => {
    if (drafted === null) return
    setBusy(true)
    setError(null)
    try {
      const { journey, templates } = drafted
      if (templates.length > 0) await call('applyDefinitions', { body: { definitions: [...templates] } })
      await call('beginJourneyDraft', { body: { definition: writeDraft(inFull(journey)), basedOn: 0 } })
      await Promise.all(['definitions', 'journeyDrafts'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })))
      forget()
      await navigate({ to: '/journeys/$id/edit', params: { id: journey.id } })
    } catch (caught) {
      setError(caught)
      setBusy(false)
    }
  }
  return (
    <>
      <Action
        route="beginJourneyDraft"
        loading={busy}
        blocked={drafted === null || !published ? 'Something is still open: the list above says what.' : undefined}
        onClick={() => void finish()}
      >
        {answers.name === '' ? 'Draw it' : `Draw “${answers.name}”`}
      </Action>
      {error === null ? null : <Failure error={error} />}
    </>
  )
}
