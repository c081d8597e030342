import type { RouteInput, RouteResponse } from '@throughline/contracts'

/** The form for SMTP as it is typed: everything text. */
export interface SmtpDraft {
  readonly host: string
  readonly port: string
  readonly secure: boolean
  readonly user: string
  readonly password: string
  readonly from: string
  readonly fromName: string
  readonly replyTo: string
  readonly returnPath: string
  readonly maxPerSecond: string
  readonly dkimDomain: string
  readonly dkimSelector: string
  readonly dkimKey: string
}

/** The form filled with what is configured; secrets stay empty. */
export function draftOf(provider: RouteResponse<'providers'>['items'][number] | undefined): SmtpDraft {
  const config = provider?.config.kind === 'smtp' ? provider.config : undefined
  return {
    host: config?.host ?? '',
    port: String(config?.port ?? 587),
    secure: config?.secure ?? false,
    user: config?.user ?? '',
    password: '',
    from: config?.from ?? '',
    fromName: config?.fromName ?? '',
    replyTo: config?.replyTo ?? '',
    returnPath: config?.returnPath ?? '',
    maxPerSecond: config?.maxPerSecond === undefined ? '' : String(config.maxPerSecond),
    dkimDomain: config?.dkim?.domain ?? '',
    dkimSelector: config?.dkim?.selector ?? '',
    dkimKey: '',
  }
}

const filled = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim())

/** What the form asks the server for; a secret that was left empty is not sent, so the one that is kept stays. */
export function inputOf(draft: SmtpDraft): RouteInput<'setProvider'>['body'] {
  const domain = filled(draft.dkimDomain)
  return {
    config: {
      kind: 'smtp',
      host: draft.host.trim(),
      port: Number(draft.port),
      secure: draft.secure,
      from: draft.from.trim(),
      user: filled(draft.user),
      fromName: filled(draft.fromName),
      replyTo: filled(draft.replyTo),
      returnPath: filled(draft.returnPath),
      maxPerSecond: draft.maxPerSecond === '' ? undefined : Number(draft.maxPerSecond),
      dkim: domain === undefined ? undefined : { domain, selector: draft.dkimSelector.trim() },
    },
    password: draft.password === '' ? undefined : draft.password,
    dkimKey: filled(draft.dkimKey),
  }
}
