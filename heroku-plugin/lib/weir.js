import { notify } from '@heroku-cli/notifications'
import { ux } from '@oclif/core'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Who waits longer than this has turned to something else. */
const longMs = 20_000

/**
 * Runs `weir`, which does the work: the one beside this plugin in a checkout,
 * else the one in the path; `WEIR_BIN` names another. It gets the login of the Heroku CLI.
 *
 * @param {import('@heroku-cli/command').Command} command
 * @param {readonly string[]} words
 * @param {{ readonly capture?: boolean, readonly messages?: 'inherit' | 'ignore' | 'below' }} [how]
 *   with `capture` stdout is answered and not printed; `messages` are shown as they come, not at all, or below the line that is open
 * @returns {Promise<{ readonly code: number, readonly stdout: string }>}
 */
export async function weir(command, words, { capture = false, messages = 'inherit' } = {}) {
  const key = process.env.HEROKU_API_KEY ?? (await command.heroku.getAuth()) ?? ''
  const env = { ...process.env, HEROKU_API_KEY: key, WEIR_SPOKEN_AS: 'heroku streams' }
  const stderr = messages === 'below' ? 'pipe' : messages
  const child = spawn(program(), words, { env, stdio: ['inherit', capture ? 'pipe' : 'inherit', stderr] })
  let stdout = ''
  child.stdout?.setEncoding('utf8').on('data', (part) => (stdout += part))
  child.stderr?.once('data', () => process.stderr.write('\n')).on('data', (part) => process.stderr.write(part))
  const code = await new Promise((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new Error('weir cannot be started: install weirkeeper, or set WEIR_BIN', { cause })),
    )
    child.once('close', (ended) => resolve(ended ?? 130))
  })
  return { code, stdout }
}

/** Runs it, and ends this command with its exit code where that is not 0. */
export async function weirOrExit(command, words, how) {
  const { code, stdout } = await weir(command, words, how)
  if (code !== 0) command.exit(code)
  return stdout
}

/**
 * Runs what changes or waits: says what is done while it is done, prints what came of it, and tells the desktop where it took long.
 *
 * @param {import('@heroku-cli/command').Command} command
 * @param {string} doing
 * @param {readonly string[]} words
 */
export async function act(command, doing, words) {
  const from = Date.now()
  ux.action.start(doing)
  const { code, stdout } = await weir(command, words, { capture: true, messages: 'below' })
  ux.action.stop(code === 0 ? 'done' : '!')
  if (Date.now() - from > longMs) tell(doing, code === 0)
  if (code !== 0) command.exit(code)
  ux.stdout(stdout.trimEnd())
}

function tell(doing, isDone) {
  try {
    notify({ title: 'heroku streams', message: isDone ? 'Done' : 'Failed', subtitle: doing, sound: true })
  } catch (error) {
    ux.warn(error)
  }
}

/** Manifests are worked out here, those of another app refused. */
export function direct({ manifest, app }) {
  return ['--direct', '--only-app', app, ...manifest.flatMap((file) => ['-f', file])]
}

/**
 * The stream app of the control plane that runs on the app, as words for `weir`: a Heroku app runs one, so nobody has to name it.
 * One of that name that runs on another app is none: whoever says `--app` means no other.
 */
export async function namedOn(command, { name, app }) {
  const { stdout, namespaced } = await listed(command)
  const there = JSON.parse(stdout).items.filter(({ spec }) => spec.app === app)
  const found = there.find(({ metadata }) => name === undefined || metadata.name === name)
  if (found === undefined) {
    const others = there.map(({ metadata }) => metadata.name)
    const but = others.length === 0 ? '' : `, but ${others.join(', ')}`
    command.error(
      `The control plane has no stream app${name === undefined ? '' : ` ${name}`} on ${app}${but}. List them: heroku streams --app ${app}`,
      { exit: 2 },
    )
  }
  return [found.metadata.name, ...(namespaced ? ['--namespace', found.metadata.namespace] : [])]
}

/** StreamApps of every namespace; of the kubeconfig's own where the token may not see the others. */
export async function listed(command) {
  const all = await weir(command, ['get', '--all-namespaces', '-o', 'json'], { capture: true, messages: 'ignore' })
  if (all.code === 0) return { stdout: all.stdout, namespaced: true }
  return { stdout: await weirOrExit(command, ['get', '-o', 'json'], { capture: true }), namespaced: false }
}

function program() {
  const beside = fileURLToPath(new URL('../../bin/weir', import.meta.url))
  return process.env.WEIR_BIN ?? (existsSync(beside) ? beside : 'weir')
}
