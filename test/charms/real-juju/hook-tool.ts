/** One of Juju's hook tools, as a process: `hook-tool.ts TOOL ARGUMENT...` */
import {hookTools, ToolError, type HookContext} from './hook-tools.ts'

const [name = '', ...args] = process.argv.slice(2)
const tool = hookTools[name]
const context = JSON.parse(process.env['HOOK_CONTEXT'] ?? '{}') as HookContext
try {
  if (tool === undefined) throw new ToolError(`no hook tool ${name}`)
  process.stdout.write(await tool(context, args))
} catch (error) {
  if (!(error instanceof ToolError)) throw error
  process.stderr.write(`ERROR ${error.message}\n`)
  process.exitCode = 1
}
