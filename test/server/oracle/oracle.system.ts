import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { converse } from './converse.ts'
import { gadgetDefinition } from './gadget-definition.ts'
import { defineKind, gadgetsAt } from './served-object.ts'
import { countOf, differencesOf, writeTranscripts, type Difference } from './transcript.ts'

/** Where the genuine apiextensions-apiserver answers over plain HTTP: see test/fixtures/oracle/README.md. */
const oracleUrl = process.env['WEIR_ORACLE_URL']
const numberFrom = (name: string, fallback: number): number => Number(process.env[name] ?? fallback)

describe('our rules of ownership beside the genuine API server', () => {
  it(
    'answer 999 of 1000 random requests the same, whole objects with managedFields',
    { skip: oracleUrl === undefined ? 'WEIR_ORACLE_URL names no genuine API server' : false },
    async () => {
      const baseUrl = oracleUrl ?? ''
      await defineKind(baseUrl, gadgetDefinition, gadgetsAt(baseUrl).url)
      const transcripts = await converse(baseUrl, {
        seed: numberFrom('WEIR_ORACLE_SEED', 1),
        objects: numberFrom('WEIR_ORACLE_OBJECTS', 50),
        steps: numberFrom('WEIR_ORACLE_STEPS', 60),
      })
      const file = process.env['WEIR_ORACLE_RECORD']
      if (file !== undefined) writeTranscripts(file, transcripts)
      const differences = transcripts.flatMap(differencesOf)
      for (const difference of differences.slice(0, 5)) console.error(describeDifference(difference))
      const count = countOf(transcripts)
      console.error(`${count} requests, ${differences.length} answered otherwise`)
      assert.ok(differences.length <= count / 1000, `${differences.length} of ${count} answers differ`)
    },
  )
})

function describeDifference({ operation, answer, got }: Difference): string {
  return [
    `asked ${JSON.stringify(operation)}`,
    ` genuine ${JSON.stringify(answer)}`,
    ` ours    ${JSON.stringify(got)}`,
  ].join('\n')
}
