import { IconWebhook, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { StepOf } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { DurationField, TextField } from '../../segments/editors/parts/fields.tsx'
import { NamedField } from '../../segments/editors/parts/named-field.tsx'
import { Line, Sentence } from '../../segments/editors/parts/words.tsx'
import fields from '../../segments/editors/parts/parts.module.css'
import { PathBlock, PathButton } from './parts/path-block.tsx'
import { TemplateGlance } from './parts/template-glance.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { withKey } from './ways.ts'

type Webhook = StepOf<'webhook'>

function Fields({ step, onChange, isWrong, way }: StepFieldsProps<Webhook>) {
  const definitions = useQuery({ ...ask('definitions', {}), staleTime: 30_000 })
  const templates = (definitions.data?.items ?? []).flatMap(({ definition }) =>
    definition.kind === 'template' && definition.channel === 'webhook' ? [definition] : [],
  )
  const chosen = templates.find(({ id }) => id === step.template)
  const kept = Object.entries(step.keep)
  const keep = (next: readonly (readonly [string, string])[]): void => onChange({ ...step, keep: Object.fromEntries(next) })
  return (
    <>
      <Sentence>
        <span>Calls</span>
        <NamedField
          label="Template"
          what="webhook template"
          value={step.template}
          items={templates}
          onChange={(template) => onChange({ ...step, template })}
        />
        <span>and waits for its answer up to</span>
        <DurationField label="How long" value={step.upTo} wrong={isWrong('upTo')} onChange={(upTo) => onChange({ ...step, upTo })} />
      </Sentence>
      {definitions.data !== undefined && templates.length === 0 ? (
        <p className="soft">
          There is no template for webhooks yet. Publish one with <code className="mono">npx throughline apply</code>; it can be chosen here
          at once.
        </p>
      ) : null}
      {chosen === undefined ? null : <TemplateGlance template={chosen} />}
      {kept.map(([name, path], index) => (
        <Line key={index}>
          <span>keeps as</span>
          <TextField
            label={`Name ${index + 1}`}
            placeholder="name"
            value={name}
            wrong={isWrong(`keep.${name}`) || name === ''}
            // Two lines of one name would be one: the name is taken when it is free.
            onChange={(next) => (next !== name && Object.hasOwn(step.keep, next) ? undefined : keep(kept.with(index, [next, path])))}
          />
          <span>the field</span>
          <TextField
            label={`Field ${index + 1}`}
            placeholder="path in the answer, such as data.code"
            value={path}
            wrong={path === ''}
            onChange={(next) => keep(kept.with(index, [name, next]))}
          />
          <button
            type="button"
            className={fields.bare}
            aria-label={`Do not keep ${name}`}
            title="Do not keep it"
            onClick={() => keep(kept.toSpliced(index, 1))}
          >
            <IconX size={14} aria-hidden />
          </button>
        </Line>
      ))}
      {Object.hasOwn(step.keep, '') || kept.length >= 10 ? null : (
        <PathButton onClick={() => keep([...kept, ['', '']])}>Keep a field of the answer</PathButton>
      )}
      {kept.length === 0 ? null : (
        <p className="soft">
          Later messages say it as <code className="mono">{'{{ answers.STEP.NAME }}'}</code>; “Split by an earlier step” decides by it.
        </p>
      )}
      <PathBlock title="Answered" way={way('next')} />
      <PathBlock title="Refused, or no answer in time" way={way('otherwise')} />
    </>
  )
}

/** Calls an address, waits for its answer and keeps fields of it. */
export const webhookEditor: StepEditor<Webhook> = {
  shelf: 'Do something',
  title: 'Ask a webhook',
  hint: 'ask the loyalty service for a code, and go on with it',
  also: 'call http api request response fetch answer',
  Icon: IconWebhook,
  tone: 'do',
  make: () => ({ kind: 'webhook', template: '', upTo: '1 minute', keep: {} }),
  ways: ({ next, otherwise }) => [
    { port: 'next', to: next, when: 'answered' },
    { port: 'otherwise', to: otherwise, when: 'refused, or no answer' },
  ],
  lead: (step, port, to) => withKey(step, port === 'otherwise' ? 'otherwise' : 'next', to),
  sentence({ template, upTo, keep }, names) {
    const kept = Object.keys(keep)
    const what = `Asks ${template === '' ? '…' : `“${names.template(template)}”`} and waits up to ${upTo === '' ? '…' : upTo}`
    return kept.length === 0 ? what : `${what}, keeping ${kept.map((name) => name || '…').join(', ')}`
  },
  Fields,
}
