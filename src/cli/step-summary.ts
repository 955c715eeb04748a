import { appendFile } from 'node:fs/promises'
import type { Plan } from '../controller/plan/plan.ts'
import { renderPlan } from './render-plan.ts'
import { palette, type Around } from './terminal.ts'

/**
 * In GitHub Actions, the plans on the page of the run, too: GITHUB_STEP_SUMMARY names the file that Markdown is
 * added to. Source: "Workflow commands for GitHub Actions", GitHub's documentation. A page that cannot be written fails no plan.
 */
export async function addStepSummary(
  plans: readonly { readonly title: string; readonly plan: Plan }[],
  { env, stderr }: Pick<Around, 'env' | 'stderr'>,
): Promise<void> {
  const file = env['GITHUB_STEP_SUMMARY'] ?? ''
  if (env['GITHUB_ACTIONS'] !== 'true' || file === '' || plans.length === 0) return
  const plain = palette({ hasColour: false })
  // Four backticks: a topic's name could not close them.
  const text = plans.map(
    ({ title, plan }) => `### ${title}\n\n\`\`\`\`diff\n${unindented(renderPlan(title, plan, plain))}\`\`\`\`\n\n`,
  )
  await appendFile(file, text.join('')).catch((cause: unknown) => {
    stderr.write(
      `weir plan: GITHUB_STEP_SUMMARY cannot be written: ${cause instanceof Error ? cause.message : String(cause)}\n`,
    )
  })
}

/** GitHub paints lines that begin with + and -. The title is the heading already. */
function unindented(plan: string): string {
  return plan
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^ {2}(?=[+~-])/, ''))
    .join('\n')
}
