import { useId, useMemo } from 'react'
import { Button, TextInput, Textarea } from '@mantine/core'
import { IconCopy, IconTrash } from '@tabler/icons-react'
import type { Step } from '@throughline/contracts'
import { Panel } from '../../../ui/panel.tsx'
import { Pick } from '../../segments/editors/parts/fields.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { blockOf } from '../model/blocks.ts'
import { earlierStepsOf } from '../model/earlier-steps.ts'
import { wayOf } from '../model/edges.ts'
import { titleOf } from '../model/editing.ts'
import { placesFor } from '../model/options.ts'
import { namesIn } from '../model/step-names.ts'
import { EarlierStepsContext } from '../steps/parts/earlier-step-field.tsx'
import { editorOfStep } from '../steps/registry.ts'
import type { Port } from '../steps/step-editor.ts'
import { withKey } from '../steps/ways.ts'
import { useBench } from './bench.ts'
import { Problems } from './problems.tsx'
import { WayField } from './way-field.tsx'
import styles from './panels.module.css'

/** What a step does, as a sentence with fields in it, where its ways lead, and what can be done with it. */
export function StepPanel({ id }: { readonly id: string }) {
  const { draft, send, names, choose, problemsOf, copy, remove, locked } = useBench()
  const noteId = useId()
  const step = draft.steps[id]
  const earlier = useMemo(() => earlierStepsOf(draft, id), [draft, id])
  if (step === undefined) return null
  const editor = editorOfStep(step)
  const problems = problemsOf(id)
  const ways = editor.ways(step)
  const change = (next: Step): void => send({ kind: 'change', id, step: next, at: Date.now() })
  const isWrong = (field: string): boolean => problems.some((one) => one.field === field || one.field.startsWith(`${field}.`))
  const { Fields } = editor
  const places = placesFor(draft, id)
  const others = blockOf(draft, id).ids.length - 1
  return (
    <Panel
      title={titleOf(draft, id)}
      aside={
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => choose(null)}>
          Close
        </Button>
      }
    >
      <fieldset className={styles.panel} disabled={locked} data-panel={id}>
        <legend className="vh">The step “{titleOf(draft, id)}”</legend>
        <p className={styles.sentence}>{`${editor.sentence(step, namesIn(names, draft.steps))}.`.replace(/….$/, '…')}</p>
        <div className={styles.fields} data-fields>
          <EarlierStepsContext value={earlier}>
            <Fields step={step} onChange={change} isWrong={isWrong} way={(port: Port) => <WayField edge={wayOf(id, port)} />} />
          </EarlierStepsContext>
          {ways.length === 1 ? <WayField edge={wayOf(id, ways[0]!.port)} lead="Then goes on to" /> : null}
        </div>
        <Problems problems={problems} />
        <TextInput
          size="xs"
          label="Name of the step"
          placeholder={editor.title}
          maxLength={120}
          value={step.name ?? ''}
          onChange={(event) => change(withKey(step, 'name', event.currentTarget.value === '' ? undefined : event.currentTarget.value))}
        />
        <Textarea
          size="xs"
          id={noteId}
          label="Comment for those who edit this"
          placeholder="Why it is so"
          autosize
          minRows={1}
          maxRows={6}
          maxLength={2_000}
          value={step.note ?? ''}
          onChange={(event) => change(withKey(step, 'note', event.currentTarget.value === '' ? undefined : event.currentTarget.value))}
        />
        {locked ? null : (
          <div className={styles.deeds}>
            {places.length === 0 ? null : (
              <Sentence>
                <Pick
                  label="Move it to"
                  quiet
                  value=""
                  options={[
                    ['', others > 0 ? `Move it with ${others} behind it…` : 'Move it…'],
                    ...places.map((one) => [one.id, one.words] as const),
                  ]}
                  onChange={(to) => {
                    const place = places.find((one) => one.id === to)
                    if (place !== undefined) send({ kind: 'move', id, edge: place.edge })
                  }}
                />
              </Sentence>
            )}
            <Button
              variant="subtle"
              color="gray"
              size="compact-sm"
              leftSection={<IconCopy size={14} aria-hidden />}
              onClick={() => copy(id)}
            >
              Copy
            </Button>
            <Button
              variant="subtle"
              color="red"
              size="compact-sm"
              leftSection={<IconTrash size={14} aria-hidden />}
              onClick={() => remove(id)}
            >
              Remove
            </Button>
          </div>
        )}
      </fieldset>
    </Panel>
  )
}
