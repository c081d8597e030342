import { IconMail } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { channelKinds, channelTable } from '@throughline/contracts'
import type { StepOf } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { channelNames } from '../../../format/message-words.ts'
import { Pick } from '../../segments/editors/parts/fields.tsx'
import { NamedField } from '../../segments/editors/parts/named-field.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { PurposeField } from './parts/purpose.tsx'
import { TemplateGlance } from './parts/template-glance.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { NoCarrier } from '../../messages/no-carrier.tsx'
import { leadNext, oneWay } from './ways.ts'

type Message = StepOf<'message'>

function Fields({ step, onChange }: StepFieldsProps<Message>) {
  const definitions = useQuery({ ...ask('definitions', {}), staleTime: 30_000 })
  const templates = (definitions.data?.items ?? []).flatMap(({ definition }) =>
    definition.kind === 'template' && definition.channel === step.channel ? [definition] : [],
  )
  const chosen = templates.find(({ id }) => id === step.template)
  return (
    <>
      <Sentence>
        <span>Sends by</span>
        <Pick
          label="Channel"
          value={step.channel}
          options={channelKinds.map((kind) => [kind, channelNames[kind]])}
          onChange={(channel) => onChange({ ...step, channel, template: channel === step.channel ? step.template : '' })}
        />
        <NamedField
          label="Template"
          what="template"
          value={step.template}
          items={templates}
          onChange={(template) => onChange({ ...step, template })}
        />
      </Sentence>
      {definitions.data !== undefined && templates.length === 0 ? (
        <p className="soft">
          There is no template for {channelNames[step.channel]} yet. Publish one with <code className="mono">npx throughline apply</code>;
          it can be chosen here at once.
        </p>
      ) : null}
      {channelTable[step.channel].carrier === 'none' ? <NoCarrier channel={step.channel} /> : null}
      <PurposeField value={step.purpose} onChange={(purpose) => onChange({ ...step, purpose })} />
      {chosen === undefined ? null : <TemplateGlance template={chosen} />}
    </>
  )
}

/** Says something on a channel. */
export const messageEditor: StepEditor<Message> = {
  shelf: 'Say something',
  title: 'Send a message',
  hint: 'an e-mail, a note in the inbox, a text message, a push, a letter …',
  also: `mail notification template campaign push text post ${channelKinds.join(' ')}`,
  Icon: IconMail,
  tone: 'message',
  make: () => ({ kind: 'message', channel: 'email', template: '', purpose: 'marketing' }),
  ways: oneWay,
  lead: leadNext,
  sentence: ({ channel, template, purpose }, names) =>
    `Sends the ${channelTable[channel].one} ${template === '' ? '…' : `“${names.template(template)}”`}${purpose === 'transactional' ? ' as a service message' : ''}`,
  Fields,
}
