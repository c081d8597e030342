import { useState } from 'react'
import type { ReactNode } from 'react'
import { Checkbox, PasswordInput, Radio, Select, TextInput } from '@mantine/core'
import { importKinds } from '@throughline/contracts'
import type { RouteName } from '@throughline/contracts'
import { problemOf } from '../../api/failure.ts'
import { kindWords } from '../../format/import-words.ts'
import { Action } from '../../ui/action.tsx'
import { Chips } from '../../ui/chips.tsx'
import { Failure } from '../../ui/states.tsx'
import styles from '../imports/imports.module.css'
import { asksSecret, findBlock } from './pull-draft.ts'
import type { PullDraft } from './pull-draft.ts'

interface PullFormProps {
  readonly initial: PullDraft
  /** Whether what the rows are can still be chosen. */
  readonly fresh: boolean
  /** Whether a secret is kept when none is typed. */
  readonly kept: boolean
  readonly route: RouteName
  readonly action: string
  readonly busy: boolean
  readonly error: unknown
  readonly cancel?: ReactNode
  readonly save: (draft: PullDraft) => void
}

type Set = (change: Partial<PullDraft>) => void

/** Where a file is, what its rows are, and when it is fetched. */
export function PullForm({ initial, fresh, kept, route, action, busy, error, cancel, save }: PullFormProps) {
  const [draft, setDraft] = useState(initial)
  const set: Set = (change) => setDraft((before) => ({ ...before, ...change }))
  const blocked = findBlock(draft, kept)
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (blocked === undefined) save(draft)
      }}
    >
      <TextInput
        label="Name"
        placeholder="CRM contacts, every night"
        maxLength={120}
        value={draft.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      {fresh ? (
        <Radio.Group
          label="What a row is"
          value={draft.kind}
          onChange={(value) => set({ kind: importKinds.find((one) => one === value) ?? draft.kind })}
        >
          <div className={styles.settings} style={{ marginTop: 6 }}>
            {importKinds.map((one) => (
              <Radio key={one} value={one} label={kindWords[one].name} description={kindWords[one].hint} />
            ))}
          </div>
        </Radio.Group>
      ) : null}
      <Chips
        label="Where the file is"
        options={[
          ['url', 'Behind an address'],
          ['s3', 'In a bucket (S3)'],
        ]}
        value={draft.from}
        onChange={(from) => set({ from })}
      />
      {draft.from === 'url' ? (
        <UrlFields draft={draft} set={set} error={error} kept={kept} />
      ) : (
        <BucketFields draft={draft} set={set} error={error} kept={kept} />
      )}
      <ScheduleFields draft={draft} set={set} error={error} />
      {error === null || error === undefined ? null : <Failure error={error} />}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        {cancel}
        <Action route={route} type="submit" loading={busy} blocked={blocked}>
          {action}
        </Action>
      </div>
    </form>
  )
}

interface FieldsProps {
  readonly draft: PullDraft
  readonly set: Set
  readonly error: unknown
}

function UrlFields({ draft, set, error, kept }: FieldsProps & { readonly kept: boolean }) {
  return (
    <>
      <TextInput
        label="Address"
        description={
          /^http:/i.test(draft.url.trim())
            ? 'Without https anybody on the way can read the file and what is sent to get it'
            : 'What stands behind a question mark is kept like a password'
        }
        placeholder="https://crm.example/export/contacts.csv"
        maxLength={2_000}
        value={draft.url}
        error={problemOf(error, 'url')}
        onChange={(event) => set({ url: event.currentTarget.value })}
      />
      <div className={styles.settings}>
        <Select
          label="The server asks for"
          allowDeselect={false}
          data={[
            { value: 'none', label: 'Nothing' },
            { value: 'basic', label: 'A user name and password' },
            { value: 'header', label: 'A header' },
          ]}
          value={draft.auth}
          onChange={(auth) => set({ auth: auth === 'basic' || auth === 'header' ? auth : 'none' })}
        />
        {draft.auth === 'basic' ? (
          <TextInput
            label="User name"
            autoComplete="off"
            value={draft.user}
            onChange={(event) => set({ user: event.currentTarget.value })}
          />
        ) : null}
        {draft.auth === 'header' ? (
          <TextInput
            label="Name of the header"
            value={draft.header}
            error={problemOf(error, 'name')}
            onChange={(event) => set({ header: event.currentTarget.value })}
          />
        ) : null}
        <Secret draft={draft} set={set} error={error} kept={kept} label={draft.auth === 'basic' ? 'Password' : 'Value of the header'} />
      </div>
    </>
  )
}

function BucketFields({ draft, set, error, kept }: FieldsProps & { readonly kept: boolean }) {
  return (
    <>
      <div className={styles.settings}>
        <TextInput
          label="Endpoint"
          description="Empty for Amazon"
          placeholder="https://s3.eu-central-1.amazonaws.com"
          value={draft.endpoint}
          error={problemOf(error, 'endpoint')}
          onChange={(event) => set({ endpoint: event.currentTarget.value })}
        />
        <TextInput
          label="Region"
          description="As the provider names it"
          value={draft.region}
          error={problemOf(error, 'region')}
          onChange={(event) => set({ region: event.currentTarget.value.trim() })}
        />
        <TextInput
          label="Bucket"
          description="Its name alone"
          value={draft.bucket}
          error={problemOf(error, 'bucket')}
          onChange={(event) => set({ bucket: event.currentTarget.value.trim() })}
        />
      </div>
      <div className={styles.settings}>
        <Select
          label="Take"
          allowDeselect={false}
          data={[
            { value: 'prefix', label: 'All objects whose names begin with …' },
            { value: 'object', label: 'One object, whenever it changes' },
          ]}
          value={draft.take}
          onChange={(take) => set({ take: take === 'object' ? take : 'prefix' })}
        />
        <TextInput
          label={draft.take === 'object' ? 'Name of the object' : 'Names begin with'}
          placeholder={draft.take === 'object' ? 'exports/contacts.csv' : 'exports/contacts-'}
          value={draft.path}
          onChange={(event) => set({ path: event.currentTarget.value })}
        />
      </div>
      <div className={styles.settings}>
        <TextInput
          label="Access key"
          autoComplete="off"
          value={draft.accessKeyId}
          onChange={(event) => set({ accessKeyId: event.currentTarget.value.trim() })}
        />
        <Secret draft={draft} set={set} error={error} kept={kept} label="Secret access key" />
      </div>
      <Checkbox
        label="The bucket stands in the path"
        description="As MinIO and most services besides Amazon’s want it"
        checked={draft.pathStyle}
        onChange={(event) => set({ pathStyle: event.currentTarget.checked })}
      />
    </>
  )
}

function Secret({ draft, set, error, kept, label }: FieldsProps & { readonly kept: boolean; readonly label: string }) {
  if (!asksSecret(draft)) return null
  return (
    <PasswordInput
      label={label}
      autoComplete="new-password"
      placeholder={kept ? 'kept; type to change it' : ''}
      value={draft.secret}
      error={problemOf(error, 'secret')}
      visibilityToggleButtonProps={{ 'aria-label': `Show: ${label}` }}
      onChange={(event) => set({ secret: event.currentTarget.value })}
    />
  )
}

function ScheduleFields({ draft, set, error }: FieldsProps) {
  return (
    <div className={styles.settings}>
      <Select
        label="When"
        allowDeselect={false}
        data={[
          { value: 'daily', label: 'Every day at a time' },
          { value: 'every', label: 'Every so many minutes' },
        ]}
        value={draft.schedule}
        onChange={(schedule) => set({ schedule: schedule === 'every' ? schedule : 'daily' })}
      />
      {draft.schedule === 'daily' ? (
        <TextInput
          label="Time, on the shop’s clocks"
          placeholder="06:30"
          maxLength={5}
          value={draft.at}
          error={problemOf(error, 'at')}
          onChange={(event) => set({ at: event.currentTarget.value })}
        />
      ) : (
        <TextInput
          label="Minutes"
          inputMode="numeric"
          value={draft.minutes}
          error={problemOf(error, 'minutes')}
          onChange={(event) => set({ minutes: event.currentTarget.value.replace(/\D/g, '') })}
        />
      )}
    </div>
  )
}
