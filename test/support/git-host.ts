import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'

/** A real Git repository behind Git's own smart HTTP server, on this machine. */
export interface GitHost {
  readonly url: string
  /** Every request, as `GET /repository.git/info/refs`. */
  readonly requests: readonly string[]
  /** How many bytes each was answered with. */
  readonly sent: readonly number[]
  /** What the host asks for; undefined: nothing. */
  demand(password: string | undefined): void
  /** Makes `files` the whole content of the branch; the commit's name. */
  commit(files: Readonly<Record<string, string>>, options?: CommitOptions): Promise<string>
  /** A command of git in the work tree. */
  git(...args: readonly string[]): string
  readonly folder: string
}

interface CommitOptions {
  readonly isFollowUp?: boolean
}

export function hasGit(): boolean {
  return spawnSync('git', ['http-backend'], { env: cleanEnv, encoding: 'utf8' }).stdout.startsWith('Status:')
}

const cleanEnv = {
  PATH: process.env['PATH'] ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.org',
}

export async function startGitHost(t: TestContext): Promise<GitHost> {
  const root = await mkdtemp(join(tmpdir(), 'weirkeeper-git-host-'))
  t.after(() => rm(root, { recursive: true, force: true }))
  const bare = join(root, 'repository.git')
  const folder = join(root, 'work')
  const run = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync('git', [...args], { cwd: folder, env: cleanEnv, encoding: 'utf8' })
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
    return stdout.trim()
  }
  await mkdir(folder)
  run('init', '-q', '-b', 'main', '.')
  run('init', '-q', '--bare', '-b', 'main', bare)
  run('remote', 'add', 'origin', bare)

  const requests: string[] = []
  const sent: number[] = []
  let demanded: string | undefined
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url?.replace(/\?.*/, '')}`)
    const expected = `Basic ${Buffer.from(`x-access-token:${demanded}`).toString('base64')}`
    if (demanded !== undefined && request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
      return
    }
    answer(root, request, response, sent)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  t.after(() => closed(server))

  const commit = async (
    files: Readonly<Record<string, string>>,
    { isFollowUp = true }: CommitOptions = {},
  ): Promise<string> => {
    run('rm', '-rfq', '--ignore-unmatch', '.')
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    run('add', '-A')
    run('commit', '-q', '--allow-empty', '-m', 'c', ...(isFollowUp ? [] : ['--amend']))
    run('push', '-qf', 'origin', 'HEAD')
    return run('rev-parse', 'HEAD')
  }
  return {
    url: `http://127.0.0.1:${port}/repository.git`,
    requests,
    sent,
    demand: (password) => void (demanded = password),
    commit,
    git: run,
    folder,
  }
}

/** RFC 3875 as far as `git http-backend` needs it. */
function answer(root: string, request: IncomingMessage, response: ServerResponse, sent: number[]): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://127.0.0.1')
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...cleanEnv,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method ?? 'GET',
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  backend.stdin.on('error', () => undefined) // it may answer before it has read everything
  request.pipe(backend.stdin)
  const chunks: Buffer[] = []
  backend.stdout.on('data', (chunk: Buffer) => void chunks.push(chunk))
  backend.on('close', () => {
    const whole = Buffer.concat(chunks)
    const end = whole.indexOf('\r\n\r\n')
    const headers = whole
      .subarray(0, end)
      .toString('latin1')
      .split('\r\n')
      .map((line) => line.split(': '))
    const fields = new Map(headers.map(([name = '', ...rest]) => [name.toLowerCase(), rest.join(': ')]))
    response.statusCode = Number.parseInt(fields.get('status') ?? '200', 10)
    for (const [name, value] of fields) if (name !== 'status') response.setHeader(name, value)
    sent.push(whole.length - end - 4)
    response.end(whole.subarray(end + 4))
  })
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => void server.close(() => resolve()))
}
