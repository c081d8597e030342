import { useCallback, useId, useMemo, useState } from 'react'
import { Button, TextInput } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { SegmentDefinition } from '@throughline/contracts'
import { call } from '../../../api/client.ts'
import { queryClient } from '../../../api/queries.ts'
import { problemOf } from '../../../api/failure.ts'
import { Action } from '../../../ui/action.tsx'
import { DefinitionFile } from '../../../ui/definition-file.tsx'
import { LeaveGuard } from '../../../ui/leave-guard.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { Failure } from '../../../ui/states.tsx'
import { toast } from '../../../ui/toast.ts'
import { UndoButton } from '../../../ui/undo-button.tsx'
import type { Draft } from './draft.ts'
import { HandleHelp } from './handle.tsx'
import { ownProblems, serverProblems } from './problems.ts'
import { Group } from './rows.tsx'
import { toCondition } from './tree.ts'
import { useEditing } from './use-editing.ts'
import { usePreview } from './use-preview.ts'
import { PreviewPanel } from './preview.tsx'
import { Reads } from './reads.tsx'
import { idOf } from './words.ts'
import { WorkbenchContext } from './workbench.ts'
import styles from './builder.module.css'

interface BuilderProps {
  readonly begin: Draft
  /** The segment that is edited; null for a new one. */
  readonly id: string | null
  /** Ids that a new one cannot have. */
  readonly taken: readonly string[]
}

/** The page on which a segment is made or changed. */
export function Builder({ begin, id: existing, taken }: BuilderProps) {
  const navigate = useNavigate()
  const { editing, send, board, touched } = useEditing(() => begin)
  const [asked, setAsked] = useState(false)
  const [dragged, drag] = useState<string | null>(null)
  const { draft } = editing
  const written = useMemo(() => toCondition(draft.root), [draft.root])
  const own = useMemo(() => ownProblems(written), [written])
  const id = existing ?? idOf(draft.name, taken)
  const definition: SegmentDefinition = {
    kind: 'segment',
    id,
    name: draft.name.trim(),
    ...(draft.description.trim() !== '' && { description: draft.description.trim() }),
    where: written.condition,
  }
  const first = useMemo(() => signature(begin), [begin])
  const dirty = first !== signature(draft)

  const save = useMutation({
    mutationFn: () => call('applyDefinitions', { body: { definitions: [definition] } }),
    onSuccess: async ({ results }) => {
      await queryClient.invalidateQueries({ queryKey: ['segments'] })
      const [result] = results
      toast(
        result?.change === 'unchanged'
          ? 'Nothing had changed, so there is no new version.'
          : `Saved as version ${result?.version ?? 1}. Who is in it is being worked out from history, in the background.`,
      )
      await queryClient.invalidateQueries({ queryKey: ['segment', { params: { id } }] })
      await navigate({ to: '/segments/$id', params: { id }, ignoreBlocker: true })
    },
  })
  const [overlap, setOverlap] = useState<readonly string[]>([])
  const preview = usePreview(own.length === 0 ? written.condition : null, existing, overlap)
  const unsaved = useMemo(() => serverProblems(save.error, written.nodes), [save.error, written.nodes])
  const unseen = useMemo(
    () => (preview.late ? [] : serverProblems(preview.error, written.nodes)),
    [preview.late, preview.error, written.nodes],
  )
  const nameMissing = draft.name.trim() === ''

  const trySave = (): void => {
    setAsked(true)
    if (nameMissing || own.length > 0) {
      const place = nameMissing ? undefined : own[0]
      const row = place === undefined ? undefined : board.current?.querySelector<HTMLElement>(`[data-node="${place.node}"]`)
      ;(row?.querySelector<HTMLElement>('input, [data-add]') ?? document.querySelector<HTMLElement>('[data-name]'))?.focus()
      return
    }
    save.mutate()
  }

  const problemsOf = useCallback(
    (node: string) => [...own.filter((one) => asked || touched.has(one.node)), ...unsaved, ...unseen].filter((one) => one.node === node),
    [own, unsaved, unseen, asked, touched],
  )
  const helpId = useId()
  const bench = useMemo(() => ({ send, problemsOf, dragged, drag, helpId }), [send, problemsOf, dragged, helpId])

  const title = existing === null ? 'New segment' : `Edit ${begin.name}`
  return (
    <Page
      title={title}
      lead={existing === null ? undefined : 'Saving makes a new version. Who belongs to it is then worked out in the background.'}
      actions={
        <>
          <UndoButton label="Undo" keys="Ctrl Z" blocked={editing.past.length === 0} onClick={() => send({ kind: 'undo' })}>
            <IconArrowBackUp size={18} aria-hidden />
          </UndoButton>
          <UndoButton label="Redo" keys="Ctrl Shift Z" blocked={editing.future.length === 0} onClick={() => send({ kind: 'redo' })}>
            <IconArrowForwardUp size={18} aria-hidden />
          </UndoButton>
          {existing === null ? (
            <Button variant="default" component={Link} to="/segments">
              Cancel
            </Button>
          ) : (
            <Button variant="default" renderRoot={(props) => <Link {...props} to="/segments/$id" params={{ id: existing }} />}>
              Cancel
            </Button>
          )}
          <Action
            route="applyDefinitions"
            loading={save.isPending}
            blocked={existing !== null && !dirty ? 'Nothing has been changed yet.' : undefined}
            onClick={trySave}
          >
            {existing === null ? 'Save the segment' : 'Save a new version'}
          </Action>
        </>
      }
    >
      <div className={styles.page}>
        <div className={styles.main}>
          <Panel>
            <div className={styles.names}>
              <TextInput
                data-name
                label="Name"
                placeholder="Good customers gone quiet"
                maxLength={120}
                value={draft.name}
                error={(asked && nameMissing ? 'Give it a name, so that others find it.' : undefined) ?? problemOf(save.error, 'name')}
                onChange={(event) => send({ kind: 'say', field: 'name', value: event.currentTarget.value, at: Date.now() })}
              />
              <TextInput
                label="What it is for"
                placeholder="Optional"
                maxLength={2_000}
                value={draft.description}
                onChange={(event) => send({ kind: 'say', field: 'description', value: event.currentTarget.value, at: Date.now() })}
              />
            </div>
          </Panel>
          {save.error !== null && unsaved.length === 0 ? <Failure error={save.error} /> : null}
          <Panel title="Who is in it">
            <HandleHelp id={helpId} />
            <div ref={board}>
              <WorkbenchContext value={bench}>
                <Group group={draft.root} depth={0} />
              </WorkbenchContext>
            </div>
            <p className="vh" role="status" aria-live="polite">
              {editing.news}
              {editing.past.length % 2 === 0 ? '' : '\u00A0'}
            </p>
          </Panel>
          {own.length > 0 || nameMissing ? null : (
            <details className={styles.file}>
              <summary>The same as a file</summary>
              <DefinitionFile definition={definition} />
            </details>
          )}
        </div>
        <div className={styles.side}>
          <Panel title="It reads">
            <Reads condition={written.condition} finished={own.length === 0} />
          </Panel>
          <PreviewPanel
            preview={preview}
            waiting={
              draft.root.of.length === 0
                ? 'Add a condition to see who that is.'
                : own.length > 0
                  ? 'Fill in what is open to see who that is.'
                  : null
            }
            placed={unseen.length > 0}
            overlap={overlap}
            onOverlap={setOverlap}
            self={existing}
          />
        </div>
      </div>
      <LeaveGuard dirty={dirty} />
    </Page>
  )
}

const signature = ({ name, description, root }: Draft): string =>
  JSON.stringify([name.trim(), description.trim(), toCondition(root).condition])
