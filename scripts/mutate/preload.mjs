/** Loaded before the tests: gives one file with one change in it, and leaves the one on disk as it is. */
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'

/** @type {{ url: string, start: number, end: number, text: string }} */
const mutant = JSON.parse(process.env['WEIR_MUTANT'] ?? '{}')

registerHooks({
  load(url, context, nextLoad) {
    if (url !== mutant.url) return nextLoad(url, context)
    const whole = readFileSync(fileURLToPath(url), 'utf8')
    const source = whole.slice(0, mutant.start) + mutant.text + whole.slice(mutant.end)
    return { format: 'module', source: stripTypeScriptTypes(source), shortCircuit: true }
  },
})
