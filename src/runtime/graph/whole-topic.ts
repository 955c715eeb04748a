/** Matches names as Java's `Pattern.matcher(topic).matches()` does: the whole, and without memory of the last match. */
export function wholeTopic({ source, flags }: RegExp): RegExp {
  return new RegExp(`^(?:${source})$`, flags.replace(/[gy]/g, ''))
}
