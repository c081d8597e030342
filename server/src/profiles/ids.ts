/** Whether this is the id of a profile as it stands in addresses: a UUID in lower-case text. */
export function isProfileId(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text)
}

/** When a profile was made, epoch ms, as its UUIDv7 says (RFC 9562, section 5.7: the first 48 bits). */
export function createdAtOf(profileId: string): number {
  return Number.parseInt(profileId.replaceAll('-', '').slice(0, 12), 16)
}
