import { ActionIcon, Button, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { channelKinds, consentChannels, factsOf, type FormConsent, type FormField } from '@throughline/contracts'
import styles from './forms.module.css'

type Channel = FormConsent['channel']

const isKind = (channel: Channel): channel is Exclude<Channel, 'tracking'> => channelKinds.some((one) => one === channel)
const channelOptions = consentChannels.map((value) => ({
  value,
  label: isKind(value) ? factsOf(value).consent : 'Opens and clicks are recorded',
}))

interface ConsentFieldsProps {
  readonly consents: readonly FormConsent[]
  readonly fields: readonly FormField[]
  readonly faultAt: (field: string) => string | undefined
  readonly onChange: (consents: FormConsent[]) => void
}

/** What people agree to by a form, and how. */
export function ConsentFields({ consents, fields, faultAt, onChange }: ConsentFieldsProps) {
  const boxes = fields.filter(({ type }) => type === 'checkbox')
  const change = (at: number, next: FormConsent): void => onChange(consents.map((one, index) => (index === at ? next : one)))
  return (
    <div className="stack" style={{ gap: 12 }}>
      {consents.length === 0 ? <p className="soft">They agree to nothing by it.</p> : null}
      {consents.map((consent, at) => (
        // A consent has no other mark than its place.
        <fieldset key={at} className={styles.field}>
          <legend className="vh">Consent {at + 1}</legend>
          <div className={styles.parts}>
            <NativeSelect
              label="They agree to"
              data={channelOptions}
              value={consent.channel}
              error={faultAt(`consents.${at}.channel`)}
              onChange={(event) => change(at, { ...consent, channel: event.currentTarget.value as Channel })}
            />
            <NativeSelect
              label="By"
              data={[
                { value: '', label: 'submitting the form' },
                ...boxes.map(({ name, label }) => ({ value: name, label: `ticking “${label || name}”` })),
              ]}
              value={consent.field ?? ''}
              error={faultAt(`consents.${at}.field`)}
              onChange={(event) => {
                const { field: _, ...rest } = consent
                const field = event.currentTarget.value
                change(at, field === '' ? rest : { ...rest, field })
              }}
            />
            <TextInput
              label="Topic"
              placeholder="all of it"
              maxLength={100}
              value={consent.topic}
              error={faultAt(`consents.${at}.topic`)}
              onChange={(event) => change(at, { ...consent, topic: event.currentTarget.value })}
            />
            <Textarea
              label="In these words"
              description="As they stand on the page, kept as proof."
              autosize
              maxLength={2_000}
              value={consent.wording}
              error={faultAt(`consents.${at}.wording`)}
              onChange={(event) => change(at, { ...consent, wording: event.currentTarget.value })}
            />
          </div>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove consent ${at + 1}`}
            onClick={() => onChange(consents.filter((_, index) => index !== at))}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </fieldset>
      ))}
      <div>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...consents, { channel: 'email', topic: '', wording: '' }])}
        >
          Add a consent
        </Button>
      </div>
    </div>
  )
}
