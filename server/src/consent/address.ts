/** An address as suppressions are kept and found by: e-mail trimmed and in small letters, everything else trimmed. */
export function addressKey(channel: string, address: string): string {
  const trimmed = address.trim()
  return channel === 'email' ? trimmed.toLowerCase() : trimmed
}
