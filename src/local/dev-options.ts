import { parseArgs } from 'node:util'
import { fail, ok, type Result } from '../base/result.ts'

export interface DevOptions {
  readonly help: boolean
  readonly json: boolean
  readonly port: number
  readonly persist: string | undefined
  readonly memoryQuota: boolean
}

export const devHelp = `weir dev: a real Apache Kafka broker and a Heroku emulator on this machine. Local mode, never Heroku.

Usage: weir dev [--json] [--port N] [--persist DIR] [--memory-quota]

  --json          one line on standard output once everything is ready:
                  {"heroku":{"apiUrl","dataHost","apiKey","caFile"},"kafka":{"dedicated","basic"},
                  "server":{"url","kubeconfig"}}
  --port N        the Platform API on port N, the Kafka data API on N+1 (default: free ports)
  --persist DIR   keep Kafka's records and certificates in DIR; the emulator's apps are not kept
  --memory-quota  hold dynos to the memory of their size (R14, R15)

Ctrl-C or SIGTERM ends everything and removes it; a second Ctrl-C does not wait for the dynos.
`

/** All mistakes at once, as one message. */
export function parseDevOptions(words: readonly string[]): Result<DevOptions, string> {
  const parsed = parsedWords(words)
  if (!parsed.ok) return parsed
  const { help = false, json = false, port, persist, 'memory-quota': memoryQuota = false } = parsed.value
  const mistakes = [...portMistakes(port), ...(persist === '' ? ['--persist must name a folder'] : [])]
  if (mistakes.length > 0) return fail(mistakes.join('\n'))
  return ok({ help, json, port: Number(port ?? '0'), persist, memoryQuota })
}

function portMistakes(port: string | undefined): readonly string[] {
  if (port === undefined || (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_534)) return []
  return [`--port must be a whole number from 1 to 65534, and not ${JSON.stringify(port)}`]
}

interface Words {
  readonly help?: boolean
  readonly json?: boolean
  readonly port?: string
  readonly persist?: string
  readonly 'memory-quota'?: boolean
}

function parsedWords(words: readonly string[]): Result<Words, string> {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        help: { type: 'boolean', short: 'h' },
        json: { type: 'boolean' },
        port: { type: 'string' },
        persist: { type: 'string' },
        'memory-quota': { type: 'boolean' },
      },
    })
    return ok(values)
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}
