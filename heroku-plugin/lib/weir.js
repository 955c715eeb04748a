import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Runs `weir`, which does the work: the one beside this plugin in a checkout,
 * else the one in the path; `WEIR_BIN` names another. It gets the login of the Heroku CLI.
 *
 * @param {import('@heroku-cli/command').Command} command
 * @param {readonly string[]} words
 * @param {{ readonly capture?: boolean }} [how] with `capture` stdout is answered and not printed
 * @returns {Promise<{ readonly code: number, readonly stdout: string }>}
 */
export async function weir(command, words, { capture = false } = {}) {
  const env = { ...process.env, HEROKU_API_KEY: process.env.HEROKU_API_KEY ?? (await command.heroku.getAuth()) ?? '' }
  const child = spawn(program(), words, { env, stdio: ['inherit', capture ? 'pipe' : 'inherit', 'inherit'] })
  let stdout = ''
  child.stdout?.setEncoding('utf8').on('data', (part) => (stdout += part))
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

/** Manifests are worked out here, those of another app refused; without, the control plane of the kubeconfig is asked. */
export function target({ manifest, app }, name) {
  if (manifest !== undefined) return ['--direct', '--only-app', app, ...manifest.flatMap((file) => ['-f', file])]
  return name === undefined ? [] : [name]
}

function program() {
  const beside = fileURLToPath(new URL('../../bin/weir', import.meta.url))
  return process.env.WEIR_BIN ?? (existsSync(beside) ? beside : 'weir')
}
