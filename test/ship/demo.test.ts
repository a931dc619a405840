import assert from 'node:assert/strict'
import path from 'node:path'
import test from 'node:test'
import {runCommand} from '../env/process/command.ts'

const demo = path.resolve(import.meta.dirname, '../../examples/demo/demo.ts')

test('S1.10 S2.3 S2.13 the demo ends with backups that are in the store, and with exit code 0', async () => {
  const {code, stdout, stderr} = await runCommand(process.execPath, [demo, '--simulated'], {timeoutMs: 150_000})
  assert.equal(code, 0, stdout + stderr)
  assert.match(stdout, /BackupJob postgresql-full +Succeeded/)
  assert.match(stdout, /BackupJob postgresql-incremental +Succeeded/)
  assert.match(
    stdout,
    /== The proof[\s\S]*postgresql-full: backup \S+ is \S+F in https:\/\/127\.0\.0\.1:\d+\/backups\/pg/,
  )
  assert.match(stdout, /== What to try next/)
})

test('the demo says what is wrong with its arguments', async () => {
  const wrong = await runCommand(process.execPath, [demo, '--juju', '2.9'])
  assert.equal(wrong.code, 1)
  assert.match(wrong.stderr, /--juju is one of 3\.6\.14, 4\.0\.12, real, not 2\.9/)
  const help = await runCommand(process.execPath, [demo, '--help'])
  assert.equal(help.code, 0)
  assert.match(help.stdout, /--kubeconfig FILE/)
})
