import { smtpFromUrl } from '../channels/index.ts'
import type { Config } from './config.ts'

/** The e-mail provider that THROUGHLINE_SMTP_URL names, or null. Without a sender in it, mail comes from the first admin's address. */
export function smtpOf(config: Pick<Config, 'smtpUrl' | 'adminEmail'>): ReturnType<typeof smtpFromUrl> | null {
  if (config.smtpUrl === undefined) return null
  const url = new URL(config.smtpUrl)
  if (!url.searchParams.has('from') && !decodeURIComponent(url.username).includes('@'))
    url.searchParams.set('from', config.adminEmail ?? 'shop@localhost')
  return smtpFromUrl(url.href)
}
