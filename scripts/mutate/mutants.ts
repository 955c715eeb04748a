import ts from 'typescript'

/** One small change of a source text that a test should notice. */
export interface Mutant {
  readonly start: number
  readonly end: number
  readonly text: string
  /** `line 12: a < b → a <= b` */
  readonly what: string
}

const swapped: ReadonlyMap<string, string> = new Map([
  ['<', '<='],
  ['<=', '<'],
  ['>', '>='],
  ['>=', '>'],
  ['===', '!=='],
  ['!==', '==='],
  ['&&', '||'],
  ['||', '&&'],
  ['??', '&&'],
  ['+', '-'],
  ['-', '+'],
  ['*', '/'],
  ['/', '*'],
])

/** Comparisons swapped, conditions dropped, constants changed, calls left out. Types, messages and imports are left alone. */
export function mutantsOf(name: string, source: string): readonly Mutant[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true)
  const mutants: Mutant[] = []
  const add = (node: ts.Node, text: string): void => {
    const start = node.getStart(file)
    const line = file.getLineAndCharacterOfPosition(start).line + 1
    const before = node.getText(file)
    const short = (words: string): string => words.replaceAll(/\s+/g, ' ').slice(0, 80)
    mutants.push({ start, end: node.getEnd(), text, what: `line ${line}: ${short(before)} → ${short(text)}` })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isImportDeclaration(node)) return
    for (const text of changesOf(node, file)) add(node, text)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return mutants
}

function changesOf(node: ts.Node, file: ts.SourceFile): readonly string[] {
  if (ts.isBinaryExpression(node)) return swaps(node, file)
  if (ts.isNumericLiteral(node)) return [String(Number(node.text.replaceAll('_', '')) + 1)]
  if (node.kind === ts.SyntaxKind.TrueKeyword) return ['false']
  if (node.kind === ts.SyntaxKind.FalseKeyword) return ['true']
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    return [node.operand.getText(file)]
  }
  if (ts.isConditionalExpression(node)) {
    const [yes, no] = [node.whenTrue.getText(file), node.whenFalse.getText(file)]
    return [`(${yes})`, `(${no})`]
  }
  if (ts.isIfStatement(node)) return [`if (false) ${node.thenStatement.getText(file)}${elseOf(node, file)}`]
  if (ts.isExpressionStatement(node)) return [';']
  return []
}

function elseOf({ elseStatement }: ts.IfStatement, file: ts.SourceFile): string {
  return elseStatement === undefined ? '' : ` else ${elseStatement.getText(file)}`
}

function swaps({ left, operatorToken, right }: ts.BinaryExpression, file: ts.SourceFile): readonly string[] {
  const operator = operatorToken.getText(file)
  const other = swapped.get(operator)
  const [one, two] = [left.getText(file), right.getText(file)]
  const isText = operator === '+' && /['"`]/.test(one + two)
  return other === undefined || isText ? [] : [`(${one} ${other} ${two})`]
}
