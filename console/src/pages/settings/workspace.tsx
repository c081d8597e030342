import { useState } from 'react'
import { Select, Switch, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { channelKinds, channelTable, settingsSchema } from '@throughline/contracts'
import type { ChannelKind, Settings } from '@throughline/contracts'
import { useMayCall } from '../../api/access.ts'
import { call } from '../../api/client.ts'
import { problemOf } from '../../api/failure.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { makeFormat, minorToMajor } from '../../format/format.ts'
import { channelNames } from '../../format/message-words.ts'
import { Action } from '../../ui/action.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure, Loaded } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { ApprovalSettings } from './approval.tsx'
import { Pace } from './pace.tsx'
import { Password } from './password.tsx'
import styles from './settings.module.css'

/** The workspace: its name, how it writes numbers and times, and what holds while a person has said nothing. */
export function Workspace() {
  const settings = useQuery(ask('settings', {}))
  return (
    <Page title="Workspace">
      <Loaded query={settings} what="the settings">
        {(data) => <Form key={JSON.stringify(data)} settings={data} />}
      </Loaded>
      <Password />
    </Page>
  )
}

const zones = Intl.supportedValuesOf('timeZone')
const currencies = Intl.supportedValuesOf('currency')

function Form({ settings }: { readonly settings: Settings }) {
  const [draft, setDraft] = useState(settings)
  const allowed = useMayCall('setSettings')
  const set = (change: Partial<Settings>): void => setDraft((now) => ({ ...now, ...change }))
  const save = useMutation({
    mutationFn: () => call('setSettings', { body: draft }),
    onSuccess: (answer) => {
      queryClient.setQueryData(['settings', {}], answer)
      toast('The settings are saved and hold from now on.')
    },
  })
  const checked = settingsSchema.safeParse(draft)
  const wrong = (field: keyof Settings): string | undefined =>
    problemOf(save.error, field) ?? (checked.success ? undefined : checked.error.issues.find((issue) => issue.path[0] === field)?.message)
  const same = JSON.stringify(draft) === JSON.stringify(settings)
  const sample = makeFormat(draft)
  const locked = allowed.kind === 'no'
  const blocked = same ? 'Nothing has changed.' : checked.success ? undefined : 'A field is not right yet.'
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (blocked === undefined && !locked) save.mutate()
      }}
    >
      <Panel title="Shop">
        <div className={styles.form}>
          <TextInput
            label="Name"
            value={draft.name}
            maxLength={120}
            readOnly={locked}
            error={wrong('name')}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <TextInput
            label="Address of this installation"
            description="Links, pixels and unsubscribe pages in messages begin with it, so people must be able to reach it."
            value={draft.baseUrl}
            readOnly={locked}
            error={wrong('baseUrl')}
            onChange={(event) => set({ baseUrl: event.currentTarget.value.trim() })}
          />
          <div className={styles.three}>
            <Select
              label="Time zone"
              searchable
              allowDeselect={false}
              readOnly={locked}
              data={zones.includes(draft.zone) ? zones : [draft.zone, ...zones]}
              value={draft.zone}
              error={wrong('zone')}
              onChange={(value) => {
                if (value !== null) set({ zone: value })
              }}
              limit={60}
            />
            <Select
              label="Currency"
              searchable
              allowDeselect={false}
              readOnly={locked}
              data={currencies.includes(draft.currency) ? currencies : [draft.currency, ...currencies]}
              value={draft.currency}
              error={wrong('currency')}
              onChange={(value) => {
                if (value !== null) set({ currency: value })
              }}
              limit={60}
            />
            <TextInput
              label="Language tag"
              value={draft.locale}
              readOnly={locked}
              error={wrong('locale')}
              onChange={(event) => set({ locale: event.currentTarget.value.trim() })}
            />
          </div>
          <p className="dim">
            So it is written: {sample.money(1234.5)} · {sample.number(38110)} people · {sample.full(Date.now())}
          </p>
        </div>
      </Panel>
      <Panel title="What a thousand messages cost">
        <div className={styles.form}>
          <div className={styles.three}>
            {channelKinds.map((channel) => (
              <PriceField
                key={`${channel} ${draft.currency}`}
                label={`${channelNames[channel]}, in ${draft.currency}`}
                price={draft.pricePerThousand[channel]}
                currency={draft.currency}
                locked={locked}
                onChange={(price) => set({ pricePerThousand: { ...draft.pricePerThousand, [channel]: price } })}
              />
            ))}
          </div>
          <p className="dim">For estimates before something is sent. Empty: nobody has said.</p>
        </div>
      </Panel>
      <Panel title="Recency, frequency, money">
        <div className={styles.form}>
          <div className={styles.three}>
            <Select
              label="Scores are computed each day at"
              allowDeselect={false}
              readOnly={locked}
              data={hours}
              value={String(draft.rfm.hour)}
              error={wrong('rfm')}
              onChange={(value) => {
                if (value !== null) set({ rfm: { ...draft.rfm, hour: Number(value) } })
              }}
            />
            <Select
              label="of the orders of"
              allowDeselect={false}
              readOnly={locked}
              data={spansWith(draft.rfm.days)}
              value={String(draft.rfm.days ?? 'all')}
              onChange={(value) => {
                if (value !== null) set({ rfm: { ...draft.rfm, days: value === 'all' ? null : Number(value) } })
              }}
            />
          </div>
          <p className="dim">The hour is that of the time zone above. When the span changes, everything is computed anew at once.</p>
        </div>
      </Panel>
      <Pace settings={draft} locked={locked} onChange={set} />
      <ApprovalSettings approval={draft.approval} locked={locked} onChange={(approval) => set({ approval })} />
      <Panel title="While a person has said nothing">
        <div className={styles.form}>
          {channelKinds.map((channel) => (
            <Switch
              key={channel}
              label={channelTable[channel].consent}
              disabled={locked}
              description={hints[channel]}
              checked={draft.consentDefaults[channel] === 'granted'}
              onChange={(event) =>
                set({ consentDefaults: { ...draft.consentDefaults, [channel]: event.currentTarget.checked ? 'granted' : 'withdrawn' } })
              }
            />
          ))}
          <Switch
            label="Track opens and clicks"
            description="Off means no pixel and plain links for everybody who has not agreed."
            disabled={locked}
            checked={draft.trackingDefault === 'granted'}
            onChange={(event) => set({ trackingDefault: event.currentTarget.checked ? 'granted' : 'withdrawn' })}
          />
          <p className="dim">What a person says themselves always comes first.</p>
        </div>
      </Panel>
      {save.error === null ? null : <Failure error={save.error} />}
      <div className={styles.foot}>
        <Action route="setSettings" type="submit" loading={save.isPending} blocked={blocked}>
          Save the settings
        </Action>
      </div>
    </form>
  )
}

const hints: Partial<Record<ChannelKind, string>> = {
  email: 'In the EU and the UK this needs a consent: leave it off there.',
  'web-push': 'Whoever can be reached has agreed in their browser.',
  'app-push': 'Whoever can be reached has agreed on their phone.',
}

const hours = Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: `${String(hour).padStart(2, '0')}:00` }))
const spans = [
  { value: 'all', label: 'all time' },
  { value: '90', label: 'the last 90 days' },
  { value: '180', label: 'the last 180 days' },
  { value: '365', label: 'the last 365 days' },
]

/** What can be chosen, and what stands, which may have come by the API. */
function spansWith(days: number | null): typeof spans {
  const value = String(days ?? 'all')
  return spans.some((one) => one.value === value) ? spans : [...spans, { value, label: `the last ${value} days` }]
}

interface PriceProps {
  readonly label: string
  /** In minor units (cents); null where nobody has said. */
  readonly price: number | null
  readonly currency: string
  readonly locked: boolean
  readonly onChange: (price: number | null) => void
}

function PriceField({ label, price, currency, locked, onChange }: PriceProps) {
  const unit = minorToMajor(1, currency)
  const [text, setText] = useState(price === null ? '' : String(minorToMajor(price, currency)))
  const read = (typed: string): number => (typed.trim() === '' ? Number.NaN : Math.round(Number(typed.replace(',', '.')) / unit))
  const wrong = text.trim() !== '' && !(read(text) >= 0)
  return (
    <TextInput
      label={label}
      inputMode="decimal"
      placeholder="not said"
      value={text}
      readOnly={locked}
      error={wrong ? 'Write a number, such as 0.60.' : undefined}
      onChange={(event) => {
        const next = event.currentTarget.value
        setText(next)
        const minor = read(next)
        onChange(minor >= 0 ? minor : null)
      }}
    />
  )
}
