import { useState } from 'react'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { call } from '../../api/client.ts'
import { ApiFailure } from '../../api/failure.ts'
import { queryClient } from '../../api/queries.ts'
import { Failure } from '../../ui/states.tsx'
import { Frame } from './frame.tsx'
import styles from './frame.module.css'

/** An address inside the console, or the start page: nobody is sent elsewhere after signing in. */
export function safeTarget(to: string | undefined): string {
  return to !== undefined && /^\/(?![/\\])/.test(to) && !to.startsWith('/sign-in') ? to : '/'
}

/** Sign-in with e-mail and password. */
export function SignIn() {
  const { to } = useSearch({ from: '/sign-in' })
  const router = useRouter()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const enter = useMutation({
    mutationFn: () => call('signIn', { body: { email: email.trim(), password } }),
    onSuccess: (me) => {
      queryClient.clear()
      queryClient.setQueryData(['me', {}], me)
      router.history.push(safeTarget(to))
    },
  })
  const wrong = enter.error instanceof ApiFailure && enter.error.kind === 'refused' ? enter.error : null
  return (
    <Frame title="Sign in" lead={to === undefined ? undefined : 'Sign in to go on where you were.'}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          enter.mutate()
        }}
      >
        <TextInput
          label="E-mail"
          type="email"
          name="email"
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          error={wrong === null ? undefined : (wrong.answer?.message ?? 'E-mail and password do not match.')}
        />
        {enter.error !== null && wrong === null ? <Failure error={enter.error} /> : null}
        <Button type="submit" loading={enter.isPending}>
          Sign in
        </Button>
      </form>
      <p className={styles.hint}>Forgotten, or never had one? Starting the server prints a one-time link that signs you in.</p>
    </Frame>
  )
}
