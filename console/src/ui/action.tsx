import { useId } from 'react'
import { Button, Tooltip } from '@mantine/core'
import type { ButtonProps } from '@mantine/core'
import type { ReactNode } from 'react'
import type { RouteName } from '@throughline/contracts'
import { useMayCall } from '../api/access.ts'

interface ActionProps extends Omit<ButtonProps, 'disabled' | 'children'> {
  /** The route that the button calls: whoever may not call it gets a disabled button that says why. */
  readonly route: RouteName
  /** Any other reason why it cannot be pressed now, a sentence. */
  readonly blocked?: string | undefined
  readonly type?: 'button' | 'submit'
  readonly onClick?: () => void
  readonly children: ReactNode
}

/** A button that does something on the server. Disabled, it stays reachable by keyboard and says why. */
export function Action({ route, blocked, type = 'button', onClick, children, ...rest }: ActionProps) {
  const allowed = useMayCall(route)
  const id = useId()
  const why = allowed.kind === 'no' ? allowed.why : blocked
  if (why === undefined)
    return (
      <Button type={type} onClick={onClick} {...rest}>
        {children}
      </Button>
    )
  return (
    <Tooltip label={why}>
      <span>
        <Button {...rest} type="button" data-disabled aria-disabled aria-describedby={id} onClick={(event) => event.preventDefault()}>
          {children}
        </Button>
        <span id={id} className="vh">
          {why}
        </span>
      </span>
    </Tooltip>
  )
}
