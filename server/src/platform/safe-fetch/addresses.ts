import ipaddr from 'ipaddr.js'

/** Address ranges that may be called although they are private. */
export type AllowedRanges = readonly (readonly [ipaddr.IPv4 | ipaddr.IPv6, number])[]

/**
 * Reads a list such as `127.0.0.1, 10.0.0.0/8, fd00::/8`.
 * @throws Error naming the part that is no address
 */
export function parseAllowedRanges(list: string): AllowedRanges {
  const parts = list.split(',').map((part) => part.trim())
  return parts.filter(Boolean).map((part) => {
    try {
      if (part.includes('/')) return ipaddr.parseCIDR(part)
      const address = ipaddr.parse(part)
      return [address, address.kind() === 'ipv4' ? 32 : 128] as const
    } catch {
      throw new Error(`"${part}" is no address; allowed: addresses and ranges such as 127.0.0.1 or 10.0.0.0/8, separated by commas`)
    }
  })
}

/** Whether an address lies on the public internet or in a range that is allowed all the same. */
export function isPublicAddress(text: string, allowed: AllowedRanges): boolean {
  if (!ipaddr.isValid(text)) return false
  // An IPv4 address in IPv6 clothing (::ffff:127.0.0.1) is judged as what it is.
  const address = ipaddr.process(text)
  for (const [range, bits] of allowed) {
    if (range.kind() === address.kind() && address.match(range, bits)) return true
  }
  return address.range() === 'unicast'
}
