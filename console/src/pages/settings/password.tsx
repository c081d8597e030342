import { useState } from 'react'
import { PasswordInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { problemOf } from '../../api/failure.ts'
import { Action } from '../../ui/action.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import styles from './settings.module.css'

/** A new password for whoever is signed in. */
export function Password() {
  const [password, setPassword] = useState('')
  const save = useMutation({
    mutationFn: () => call('setPassword', { body: { password } }),
    onSuccess: () => {
      setPassword('')
      toast('Your new password holds from the next sign-in.')
    },
  })
  const blocked = password.length < 10 ? `At least 10 characters; ${password.length} so far.` : undefined
  return (
    <div id="password">
      <Panel title="Your password">
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault()
            if (blocked === undefined) save.mutate()
          }}
        >
          <PasswordInput
            label="New password"
            autoComplete="new-password"
            maxLength={200}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
            error={problemOf(save.error, 'password')}
          />
          {save.error === null || problemOf(save.error, 'password') !== undefined ? null : <Failure error={save.error} />}
          <div className={styles.foot}>
            <Action route="setPassword" type="submit" variant="default" loading={save.isPending} blocked={blocked}>
              Change the password
            </Action>
          </div>
        </form>
      </Panel>
    </div>
  )
}
