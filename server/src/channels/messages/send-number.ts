/** The number of a send of a campaign, out of its id `ID#NUMBER`. */
export function sendNumberOf(send: string): number {
  return Number(send.slice(send.lastIndexOf('#') + 1))
}
