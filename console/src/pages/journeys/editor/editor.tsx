import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { ActionIcon, Button, Menu, Select, Tooltip } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowBackUp, IconArrowForwardUp, IconDots, IconFileText, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Definition } from '@throughline/contracts'
import { useMayCall } from '../../../api/access.ts'
import { call } from '../../../api/client.ts'
import { ask, queryClient } from '../../../api/queries.ts'
import { Action } from '../../../ui/action.tsx'
import { Chips } from '../../../ui/chips.tsx'
import { Confirm } from '../../../ui/confirm.tsx'
import { LeaveGuard } from '../../../ui/leave-guard.tsx'
import { Page } from '../../../ui/page.tsx'
import { toast } from '../../../ui/toast.ts'
import { When } from '../../../ui/when.tsx'
import { UndoButton } from '../../../ui/undo-button.tsx'
import { entryNode } from '../graph.ts'
import { pieceOf, takesOthersAlong } from '../model/blocks.ts'
import type { Piece } from '../model/blocks.ts'
import { placesOf, targetsOf } from '../model/options.ts'
import { problemsOf } from '../model/problems.ts'
import type { Edge } from '../model/edges.ts'
import { titleOf } from '../model/editing.ts'
import { KeyedContext } from '../steps/parts/key-field.tsx'
import { useNames } from '../use-names.ts'
import { BenchContext } from './bench.ts'
import { Canvas } from './canvas.tsx'
import { Conflict } from './conflict.tsx'
import { JourneyPanel } from './journey-panel.tsx'
import { PublishDialog } from './publish-dialog.tsx'
import { RemoveDialog } from './remove-dialog.tsx'
import { SaveSign } from './save-sign.tsx'
import { StepList } from './step-list.tsx'
import { StepPanel } from './step-panel.tsx'
import { useDraft } from './use-draft.ts'
import type { Beginning } from './use-draft.ts'
import styles from './editor.module.css'

const views = [
  ['graph', 'Drawing'],
  ['list', 'List'],
] as const

interface EditorProps {
  readonly beginning: Beginning
  readonly published: readonly Definition[]
}

/** The page on which a journey is made or changed. */
export function Editor({ beginning, published }: EditorProps) {
  const { id, newest } = beginning
  const navigate = useNavigate()
  const names = useNames()
  const narrow = useMediaQuery('(max-width: 700px)', undefined, { getInitialValueInEffect: false })
  const allowed = useMayCall('saveJourneyDraft')
  const locked = allowed.kind === 'no'
  const { editing, send, saving, revision, flush, takeTheirs, keepMine } = useDraft(beginning)
  const { draft, focus, news } = editing
  const [view, setView] = useState<'graph' | 'list' | null>(null)
  const shown = view ?? (narrow === true ? 'list' : 'graph')
  const [chosen, setChosen] = useState<string | null>(null)
  const [copied, setCopied] = useState<Piece | null>(null)
  const [asked, setAsked] = useState(false)
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const [removing, setRemoving] = useState<string | null>(null)
  const [publishing, setPublishing] = useState(false)
  const [discarding, setDiscarding] = useState(false)
  const board = useRef<HTMLDivElement>(null)
  const show = useRef<(id: string) => void>(() => undefined)
  const problems = useMemo(() => problemsOf(draft, published), [draft, published])

  const choose = useCallback((next: string | null) => {
    // What somebody has had open and left is theirs to be told about.
    setChosen((before) => {
      if (before !== null) setTouched((seen) => new Set([...seen, before]))
      return next
    })
  }, [])
  const copy = useCallback(
    (step: string) => {
      const piece = pieceOf(draft, step)
      if (piece === undefined) return
      setCopied(piece)
      const n = Object.keys(piece.steps).length
      toast(
        `Copied “${titleOf(draft, step)}”${n > 1 ? ` with ${n - 1} on its ways` : ''}. Any plus can paste it, and Ctrl V after the chosen step.`,
      )
    },
    [draft],
  )
  const remove = useCallback(
    (step: string) => (takesOthersAlong(draft, step) ? setRemoving(step) : send({ kind: 'remove', id: step })),
    [draft, send],
  )
  const shownProblems = useCallback(
    (step: string | null) =>
      problems.filter(
        (one) =>
          one.step === step && (asked || newest > 0 || !one.open || touched.has(step ?? entryNode) || (step !== null && chosen !== step)),
      ),
    [problems, asked, newest, touched, chosen],
  )
  const bench = useMemo(
    () => ({ draft, send, names, chosen, choose, problemsOf: shownProblems, copied, copy, remove, locked }),
    [draft, send, names, chosen, choose, shownProblems, copied, copy, remove, locked],
  )

  // What was added, pasted or moved is opened and brought into view; what follows what was removed gets the focus.
  useEffect(() => {
    if (focus === null) return
    if (focus.part === 'field') setChosen(focus.on)
    const frame = requestAnimationFrame(() => {
      show.current(focus.on)
      const step = board.current?.querySelector<HTMLElement>(`[data-step="${CSS.escape(focus.on)}"]`)
      const panel = board.current?.querySelector<HTMLElement>(`[data-panel="${CSS.escape(focus.on)}"] [data-fields]`)
      const fields = [...(panel?.querySelectorAll<HTMLElement>('input, select, textarea') ?? [])]
      const open = fields.find((one) => (one as HTMLInputElement).value === '')
      ;(focus.part === 'field' ? (open ?? fields[0]) : step)?.focus({ preventScroll: focus.part === 'field' && shown === 'graph' })
    })
    return () => cancelAnimationFrame(frame)
    // A wish is a new object with every edit that has one.
  }, [focus, shown])
  // A step that is gone by an undo has no panel any more.
  const open = chosen !== null && chosen !== entryNode && draft.steps[chosen] === undefined ? null : chosen

  // Where the panel stands below the steps, it comes into view.
  const stacked = useMediaQuery('(max-width: 1080px)', undefined, { getInitialValueInEffect: false }) === true
  const side = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (stacked && open !== null) side.current?.scrollIntoView({ block: 'start' })
  }, [stacked, open])

  const pasteAt = useCallback((): Edge | null => {
    if (open === null || open === entryNode) return Object.keys(draft.steps).length === 0 || open === entryNode ? { kind: 'start' } : null
    return placesOf(draft).find(({ edge }) => edge.kind === 'way' && edge.from === open)?.edge ?? null
  }, [draft, open])
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || document.querySelector('[aria-modal="true"]') !== null) return
      const key = event.key.toLowerCase()
      const writing = event.target instanceof Element && event.target.closest('input, textarea, select') !== null
      if (key === 'z' || key === 'y') send({ kind: key === 'y' || event.shiftKey ? 'redo' : 'undo' })
      else if (key === 'v' && !writing && copied !== null) {
        const edge = pasteAt()
        if (edge === null) toast('Choose the step after which it should be pasted, or press a plus.')
        else send({ kind: 'paste', edge, piece: copied })
      } else return
      event.preventDefault()
    }
    if (locked) return undefined
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [send, copied, pasteAt, locked])

  // Somebody else's save is told before it comes to a conflict.
  const theirs = useQuery({ ...ask('journeyDraft', { params: { id } }), refetchInterval: 15_000, enabled: saving.kind === 'saved' })
  const ahead = theirs.data?.draft
  const isBehind = saving.kind === 'saved' && ahead !== null && ahead !== undefined && ahead.revision > revision()

  const discard = useMutation({
    mutationFn: async () => {
      await flush()
      if (revision() > 0) await call('discardJourneyDraft', { params: { id }, query: { revision: revision() } })
    },
    onSuccess: async () => {
      await refresh(id)
      toast('The draft is gone.')
      await (newest === 0
        ? navigate({ to: '/journeys', ignoreBlocker: true })
        : navigate({ to: '/journeys/$id', params: { id }, search: {}, ignoreBlocker: true }))
    },
  })
  /** Saves a draft in which nothing is wrong; shows the first thing that is. */
  const finish = async (): Promise<boolean> => {
    setAsked(true)
    const [first] = problems
    if (first === undefined) return flush()
    setChosen(first.step ?? entryNode)
    if (first.step !== null) show.current(first.step)
    return false
  }
  const tryPublish = async (): Promise<void> => {
    if (await finish()) setPublishing(true)
  }
  const tryOut = async (to: '/journeys/$id/rehearsal' | '/journeys/$id/test'): Promise<void> => {
    if (!(await finish())) return
    // What was saved a moment ago is what is rehearsed or tested.
    await queryClient.invalidateQueries({ queryKey: ['journeyDraft'] })
    await navigate({ to, params: { id }, search: {} })
  }
  const tryBrief = async (): Promise<void> => {
    if (!(await finish())) return
    await queryClient.invalidateQueries({ queryKey: ['journeyBrief'] })
    await navigate({ to: '/journeys/$id/brief', params: { id }, search: { of: 'draft' } })
  }
  const ready = useCallback((go: (step: string) => void) => {
    show.current = go
  }, [])

  return (
    <Page
      title={newest === 0 ? `New journey: ${draft.name}` : `Edit ${draft.name}`}
      lead={<SaveSign state={saving} />}
      actions={
        <>
          <UndoButton label="Undo" keys="Ctrl Z" blocked={locked || editing.past.length === 0} onClick={() => send({ kind: 'undo' })}>
            <IconArrowBackUp size={18} aria-hidden />
          </UndoButton>
          <UndoButton
            label="Redo"
            keys="Ctrl Shift Z"
            blocked={locked || editing.future.length === 0}
            onClick={() => send({ kind: 'redo' })}
          >
            <IconArrowForwardUp size={18} aria-hidden />
          </UndoButton>
          <Menu position="bottom-end" shadow="md" width={220}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label="More for this draft">
                <IconDots size={18} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconFileText size={15} aria-hidden />} disabled={revision() === 0} onClick={() => void tryBrief()}>
                Brief: seventeen answers
              </Menu.Item>
              <Menu.Item
                leftSection={<IconTrash size={15} aria-hidden />}
                color="red"
                disabled={locked || revision() === 0}
                onClick={() => setDiscarding(true)}
              >
                Discard the draft
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <Button
            variant="default"
            onClick={() =>
              void (newest === 0 ? navigate({ to: '/journeys' }) : navigate({ to: '/journeys/$id', params: { id }, search: {} }))
            }
          >
            Close
          </Button>
          <Action
            route="rehearseJourney"
            variant="default"
            blocked={newest === 0 && Object.keys(draft.steps).length === 0 ? 'There is nothing to rehearse yet.' : undefined}
            onClick={() => void tryOut('/journeys/$id/rehearsal')}
          >
            Rehearse
          </Action>
          <Action
            route="testJourney"
            variant="default"
            blocked={newest === 0 && Object.keys(draft.steps).length === 0 ? 'There is nothing to test yet.' : undefined}
            onClick={() => void tryOut('/journeys/$id/test')}
          >
            Test
          </Action>
          <Publish
            locked={locked ? allowed.why : saving.kind === 'saved' && revision() === 0 ? 'Nothing has been changed yet.' : null}
            left={asked ? problems.length : 0}
            onClick={() => void tryPublish()}
          />
        </>
      }
    >
      {isBehind ? (
        <div className={styles.banner} role="status">
          <span>
            <strong>{ahead.savedBy}</strong> saved this draft at <When at={ahead.savedAt} as="stamp" />.
          </span>
          <Button size="compact-sm" variant="default" onClick={() => takeTheirs(ahead)}>
            Show theirs
          </Button>
        </div>
      ) : null}
      {locked ? <p className={styles.banner}>{allowed.why} You can look at the draft.</p> : null}
      <KeyedContext value={draft.key !== undefined}>
        <BenchContext value={bench}>
          <div ref={board} className={styles.page}>
            <section className={styles.main} aria-label="The way">
              <div className={styles.bar}>
                <Chips label="How to show it" options={views} value={shown} onChange={setView} />
                <Select
                  size="xs"
                  w={220}
                  aria-label="Find a step"
                  placeholder="Find a step"
                  searchable
                  value={null}
                  data={targetsOf(draft).map(([value, label]) => ({ value, label }))}
                  nothingFoundMessage="No step is called so."
                  onChange={(step) => {
                    if (step === null) return
                    setChosen(step)
                    show.current(step)
                  }}
                />
              </div>
              {shown === 'graph' ? <Canvas onReady={ready} /> : <StepList />}
            </section>
            <div ref={side} className={styles.side}>
              {open === null || open === entryNode ? <JourneyPanel /> : <StepPanel key={open} id={open} />}
            </div>
          </div>
          {removing === null ? null : <RemoveDialog id={removing} close={() => setRemoving(null)} />}
        </BenchContext>
      </KeyedContext>
      <p className="vh" role="status" aria-live="polite">
        {news}
        {editing.past.length % 2 === 0 ? '' : '\u00A0'}
      </p>
      {saving.kind === 'overtaken' ? (
        <Conflict
          id={id}
          mine={draft}
          names={names}
          takeTheirs={takeTheirs}
          keepMine={keepMine}
          leave={() => void navigate({ to: '/journeys', ignoreBlocker: true })}
        />
      ) : null}
      {publishing ? (
        <PublishDialog
          draft={draft}
          names={names}
          revision={revision()}
          close={() => setPublishing(false)}
          published={({ version }, state) => {
            void refresh(id).then(async () => {
              toast(
                state === 'live'
                  ? `Version ${version} of “${draft.name}” is live.`
                  : `Version ${version} of “${draft.name}” is published; the journey is ${state}.`,
              )
              await navigate({ to: '/journeys/$id', params: { id }, search: {}, ignoreBlocker: true })
            })
          }}
        />
      ) : null}
      <Confirm
        opened={discarding}
        title="Discard the draft?"
        action="Discard the draft"
        danger
        busy={discard.isPending}
        error={discard.error}
        onClose={() => setDiscarding(false)}
        onConfirm={() => discard.mutate()}
      >
        {newest === 0
          ? 'The journey was never published: nothing of it remains.'
          : `What was changed since version ${beginning.kept?.basedOn ?? newest} is gone. The live version stays as it is.`}
      </Confirm>
      <LeaveGuard dirty={saving.kind !== 'saved'} save={flush} />
    </Page>
  )
}

/** What lists and pages know of the journey is asked anew. */
async function refresh(id: string): Promise<void> {
  await Promise.all(
    [['journeys'], ['journeyDrafts'], ['definitions'], ['journeyDraft', { params: { id } }]].map((queryKey) =>
      queryClient.invalidateQueries({ queryKey }),
    ),
  )
  await queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'journey' })
}

interface PublishProps {
  readonly locked: string | null
  /** Problems that were pointed out and are still there. */
  readonly left: number
  readonly onClick: () => void
}

function Publish({ locked, left, onClick }: PublishProps) {
  const button = (
    <Button
      data-disabled={locked !== null || undefined}
      aria-disabled={locked !== null}
      onClick={() => (locked === null ? onClick() : undefined)}
    >
      {left === 0 ? 'Publish…' : left === 1 ? '1 thing to mend' : `${left} things to mend`}
    </Button>
  )
  return locked === null ? button : <Tooltip label={locked}>{button}</Tooltip>
}
