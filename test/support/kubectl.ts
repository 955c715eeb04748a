import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

const oldest = 28

/** Every kubectl from 1.28 on that the machine has: `kubectl.1.33` beside a dispatcher, or the one in the path. */
function installed(): ReadonlyMap<string, string> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => existsSync(folder))
  const plain = folders.map((folder) => join(folder, 'kubectl')).find((path) => existsSync(path))
  const beside = plain === undefined ? [] : [dirname(realpathSync(plain))]
  const found = new Map<string, string>()
  for (const folder of [...folders, ...beside]) {
    for (const name of readdirSync(folder)) {
      const minor = /^kubectl\.1\.(\d+)$/.exec(name)?.[1]
      if (minor !== undefined && Number(minor) >= oldest) found.set(`1.${minor}`, join(folder, name))
    }
  }
  if (found.size === 0 && plain !== undefined) found.set('of the path', plain)
  return found
}

export interface Given {
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  /** Ends it once it has printed this. */
  readonly until?: RegExp
}

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export class Kubectl {
  readonly #program: string
  readonly home = mkdtempSync(join(tmpdir(), 'weir-kubectl-'))

  constructor(program: string, kubeconfig: string) {
    this.#program = program
    writeFileSync(join(this.home, 'config'), kubeconfig, { mode: 0o600 })
  }

  async run(args: readonly string[], { stdin = '', env = {}, until }: Given = {}): Promise<Ran> {
    const child = spawn(this.#program, args, {
      cwd: this.home,
      env: { PATH: process.env['PATH'], HOME: this.home, KUBECONFIG: join(this.home, 'config'), ...env },
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (part: Buffer) => {
      out += part.toString()
      if (until?.test(out) === true) child.kill()
    })
    child.stderr.on('data', (part: Buffer) => (err += part.toString()))
    child.stdin.end(stdin)
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
    return { code: await promise, out, err }
  }

  /** Takes its folder away. */
  close(): void {
    rmSync(this.home, { recursive: true })
  }

  /** Runs it, and is content with success only. */
  async ok(...args: readonly string[]): Promise<string> {
    const { code, out, err } = await this.run(args)
    assert.equal(code, 0, `kubectl ${args.join(' ')}: ${err}`)
    return out
  }
}

const versions = [...installed()].toSorted(([a], [b]) => (a < b ? -1 : 1))

/** `1.33` and its program, the oldest first. */
export const kubectls: readonly (readonly [version: string, program: string])[] = versions

/** Why tests of kubectl are skipped, where they are. */
export const noKubectl = versions.length === 0 ? 'no kubectl on this machine' : false
