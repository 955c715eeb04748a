import { ok } from '../base/result.ts'
import type { HttpCall, HttpClient } from './http-client.ts'
import type { Answer } from './platform.ts'
import { list } from './shape.ts'

/** A list has more pages where the answer is 206 and names the next range. */
export async function listPages<T>(
  http: HttpClient,
  call: HttpCall,
  read: (item: unknown, at: string) => T,
  signal: AbortSignal,
): Answer<readonly T[]> {
  const items: T[] = []
  for (let range: string | null = ''; range !== null;) {
    const headers: Readonly<Record<string, string>> = range === '' ? {} : { Range: range }
    const page: Awaited<Answer<{ readonly items: readonly T[]; readonly nextRange: string | null }>> = await http.ask(
      { ...call, headers: { ...call.headers, ...headers } },
      ({ body, nextRange }) => ({ items: list(body, 'answer', read), nextRange }),
      signal,
    )
    if (!page.ok) return page
    items.push(...page.value.items)
    range = page.value.nextRange
  }
  return ok(items)
}
