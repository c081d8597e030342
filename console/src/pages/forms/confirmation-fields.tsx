import { NativeSelect, Switch, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { FormBody } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { Failure } from '../../ui/states.tsx'
import { newConfirmation } from './draft.ts'
import styles from './forms.module.css'

type Confirmation = NonNullable<FormBody['confirmation']>

interface ConfirmationProps {
  readonly id: string
  readonly form: FormBody
  readonly faultAt: (field: string) => string | undefined
  readonly onChange: (confirmation: Confirmation | null) => void
}

/** Whether people confirm by a link that is sent to them (double opt-in), and what they read there. */
export function ConfirmationFields({ id, form, faultAt, onChange }: ConfirmationProps) {
  const { confirmation } = form
  const settings = useQuery({ ...ask('settings', {}), staleTime: 60_000 })
  const agrees = form.consents.some(({ channel, topic }) => channel === 'email' && topic === '')
  return (
    <div className="stack" style={{ gap: 12 }}>
      <Switch
        label="What they agree to holds once they have confirmed it by a link that is sent to them (double opt-in)"
        checked={confirmation !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? newConfirmation : null)}
      />
      {faultAt('confirmation') === undefined ? null : (
        <p role="alert" className={styles.fault}>
          {faultAt('confirmation')}
        </p>
      )}
      {confirmation === null ? (
        <p className="soft">
          Without it anybody can enter anybody’s address; somebody who has unsubscribed gets nothing again by such a form.
        </p>
      ) : (
        <>
          <TemplateField id={id} form={form} confirmation={confirmation} fault={faultAt('confirmation.template')} onChange={onChange} />
          <div className={styles.parts}>
            <TextInput
              label="The link works for"
              value={confirmation.validFor}
              error={faultAt('confirmation.validFor')}
              onChange={(event) => onChange({ ...confirmation, validFor: event.currentTarget.value })}
            />
            <TextInput
              label="The page behind it asks"
              value={confirmation.question}
              error={faultAt('confirmation.question')}
              onChange={(event) => onChange({ ...confirmation, question: event.currentTarget.value })}
            />
            <TextInput
              label="On its button"
              value={confirmation.button}
              error={faultAt('confirmation.button')}
              onChange={(event) => onChange({ ...confirmation, button: event.currentTarget.value })}
            />
            <TextInput
              label="Then it says"
              value={confirmation.thanks}
              error={faultAt('confirmation.thanks')}
              onChange={(event) => onChange({ ...confirmation, thanks: event.currentTarget.value })}
            />
            <TextInput
              label="Or leads to"
              placeholder="https://shop.example/welcome"
              value={confirmation.redirect ?? ''}
              error={faultAt('confirmation.redirect')}
              onChange={(event) =>
                onChange({ ...confirmation, redirect: event.currentTarget.value.trim() === '' ? null : event.currentTarget.value.trim() })
              }
            />
          </div>
          {agrees && settings.data?.consentDefaults.email === 'granted' ? (
            <p className="soft">
              By the <Link to="/settings/workspace">settings of the workspace</Link> people who have said nothing get marketing by e-mail:
              until that is changed, those who never confirm get it too.
            </p>
          ) : null}
        </>
      )}
    </div>
  )
}

interface TemplateProps {
  readonly id: string
  readonly form: FormBody
  readonly confirmation: Confirmation
  readonly fault: string | undefined
  readonly onChange: (confirmation: Confirmation) => void
}

function TemplateField({ id, form, confirmation, fault, onChange }: TemplateProps) {
  const definitions = useQuery({ ...ask('definitions', {}), staleTime: 30_000 })
  const fit = (definitions.data?.items ?? []).flatMap(({ definition }) =>
    definition.kind === 'template' && definition.channel === 'email' && JSON.stringify(definition).includes('confirm_url')
      ? [{ value: definition.id, label: definition.name }]
      : [],
  )
  const write = useMutation({
    mutationFn: () =>
      call('applyDefinitions', {
        body: {
          definitions: [
            {
              kind: 'template',
              id: `confirm-${id}`.slice(0, 64),
              name: `Confirm: ${form.name === '' ? id : form.name}`,
              channel: 'email',
              subject: 'Please confirm your e-mail address',
              html: `<p>Hello,</p>\n<p>please confirm that this is your e-mail address:</p>\n<p><a href="{{ confirm_url }}">Confirm</a></p>\n<p>If it was not you who gave it to us, there is nothing to do: without this you get nothing.</p>\n<p>{{ shop.name }}</p>`,
            },
          ],
        },
      }),
    onSuccess: async ({ results }) => {
      await queryClient.invalidateQueries({ queryKey: ['definitions'] })
      const [made] = results
      if (made !== undefined) onChange({ ...confirmation, template: made.id })
    },
  })
  const known = fit.some(({ value }) => value === confirmation.template)
  return (
    <div className="stack" style={{ gap: 8 }}>
      <NativeSelect
        label="The message with the link"
        description="An e-mail template that holds {{ confirm_url }}."
        data={[...(known ? [] : [{ value: confirmation.template, label: confirmation.template || 'choose a template' }]), ...fit]}
        value={confirmation.template}
        error={fault}
        onChange={(event) => onChange({ ...confirmation, template: event.currentTarget.value })}
      />
      {fit.length > 0 ? null : (
        <div>
          <Action route="applyDefinitions" variant="default" size="xs" loading={write.isPending} onClick={() => write.mutate()}>
            Write one to begin with
          </Action>
        </div>
      )}
      {write.error === null ? null : <Failure error={write.error} />}
    </div>
  )
}
