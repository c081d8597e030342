import { useEffect, useState } from 'react'
import { Button, PasswordInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { call } from '../../api/client.ts'
import { problemOf } from '../../api/failure.ts'
import { queryClient } from '../../api/queries.ts'
import { Failure, Pending } from '../../ui/states.tsx'
import { Frame } from './frame.tsx'
import styles from './frame.module.css'

/** Sign-in with a one-time link; its token stands behind the `#`, so that it is in no log. Then offers to choose a password. */
export function SignInLink() {
  const [token] = useState(() => window.location.hash.slice(1))
  const entered = useQuery({
    queryKey: ['signInByLink', token],
    enabled: token !== '',
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => call('signInByLink', { body: { token } }),
  })
  useEffect(() => {
    if (entered.data === undefined) return
    window.history.replaceState(window.history.state, '', '/sign-in/link')
    queryClient.setQueryData(['me', {}], entered.data)
  }, [entered.data])

  if (token === '' || entered.error !== null) {
    return (
      <Frame
        title="This link does not sign you in"
        lead={
          token === '' ? 'The link is incomplete: everything after the # belongs to it.' : 'A link works once, and only for a short time.'
        }
      >
        <div className={styles.form}>
          {entered.error === null ? null : <Failure error={entered.error} />}
          <p className="soft">
            Start the server again (or run <code className="mono">npx throughline start</code>): it prints a fresh link.
          </p>
          <Button component={Link} to="/sign-in" variant="default">
            Sign in with a password
          </Button>
        </div>
      </Frame>
    )
  }
  if (entered.data === undefined)
    return (
      <Frame title="Signing you in">
        <Pending what="your account" rows={2} />
      </Frame>
    )
  return <ChoosePassword email={entered.data.email} />
}

function ChoosePassword({ email }: { readonly email: string }) {
  const navigate = useNavigate()
  const [password, setPassword] = useState('')
  const choose = useMutation({
    mutationFn: () => call('setPassword', { body: { password } }),
    onSuccess: () => navigate({ to: '/' }),
  })
  const short = password.length < 10
  return (
    <Frame title="You are signed in" lead={<>As {email}. Choose a password, so that you can come back without a link.</>}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (!short) choose.mutate()
        }}
      >
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <PasswordInput
          label="New password"
          description={short ? `At least 10 characters; ${password.length} so far` : 'Long enough'}
          autoComplete="new-password"
          minLength={10}
          maxLength={200}
          required
          withAsterisk={false}
          autoFocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          error={problemOf(choose.error, 'password')}
        />
        {choose.error === null || problemOf(choose.error, 'password') !== undefined ? null : <Failure error={choose.error} />}
        <Button type="submit" loading={choose.isPending}>
          Keep this password
        </Button>
        <Button component={Link} to="/" variant="subtle">
          Not now
        </Button>
      </form>
    </Frame>
  )
}
