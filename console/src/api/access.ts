import { useQuery } from '@tanstack/react-query'
import { roles, routes } from '@throughline/contracts'
import type { Role, RouteName } from '@throughline/contracts'
import { ask } from './queries.ts'

export type Allowed = { readonly kind: 'yes' } | { readonly kind: 'no'; readonly why: string }

const names: Record<Role, string> = { viewer: 'a viewer', editor: 'an editor', admin: 'an admin' }

/** Whether a role may call a route, from the one table of routes; if not, the sentence that a disabled button shows. */
export function mayCall(role: Role | undefined, route: RouteName): Allowed {
  const { access } = routes[route]
  if (access === 'public') return { kind: 'yes' }
  if (role === undefined) return { kind: 'no', why: 'You are not signed in.' }
  if (roles.indexOf(role) >= roles.indexOf(access)) return { kind: 'yes' }
  return { kind: 'no', why: `You are ${names[role]} here; this needs ${names[access]}.` }
}

/** {@link mayCall} for whoever is signed in. */
export function useMayCall(route: RouteName): Allowed {
  const me = useQuery({ ...ask('me', {}), staleTime: Number.POSITIVE_INFINITY })
  return mayCall(me.data?.role, route)
}
