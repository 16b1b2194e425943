// servicem8, the vendor's own client from npm, against the fake ServiceM8.
//
//     npm install servicem8@0.9.54
//     CROSSFOOT_SANDBOX=http://127.0.0.1:4600/servicem8 node tests/sdk/servicem8_story.mjs
//
// The client reads every answer by the vendor's published schema and refuses what does not fit it. The story seeds an account of
// its own through the control plane, and then uses nothing but the client, which knows neither cursors nor filters: those are held
// to the vendor's pages by the connector's own stories. Each step prints one line; the last line is `N passed, 0 failed`; the exit
// code is not zero when anything was a surprise.
import { createRequire } from 'node:module'
import crypto from 'node:crypto'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const from = createRequire(path.resolve(process.env.NODE_DIR || '.', 'package.json'))
const { ServiceM8 } = await import(pathToFileURL(from.resolve('servicem8')).href)

const BASE = (process.env.CROSSFOOT_SANDBOX || 'http://127.0.0.1:4600/servicem8').replace(/\/$/, '')
const ROOT = BASE.slice(0, BASE.lastIndexOf('/'))
const RUN = crypto.randomBytes(4).toString('hex')
const KEY = `smk-${RUN}`

let passed = 0
let failed = 0
const told = {}

const check = (is, what) => { if (!is) throw new Error(`not so: ${JSON.stringify(what)}`) }

async function step (name, run) {
  try {
    const said = await run()
    passed += 1
    console.log(`ok    ${name}${said ? `: ${said}` : ''}`)
  } catch (error) {
    failed += 1
    console.log(`FAIL  ${name}: ${error.message} ${error.rawValue ? JSON.stringify(error.rawValue).slice(0, 300) : ''}`)
  }
}

async function control (where, body) {
  const answer = await fetch(`${ROOT}/_sandbox/${where}`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body)
  })
  const value = await answer.json()
  check(answer.ok, value)
  return value
}

/** A call that must be refused; answers the client's name for it and the status. */
async function refused (call) {
  try {
    await call()
  } catch (error) {
    return `${error.name || error.constructor.name} ${error.statusCode || error.httpMeta?.response?.status || ''}`.trim()
  }
  throw new Error('it was not refused')
}

const client = key => new ServiceM8({ serverURL: `${BASE}/api_1.0`, security: { apiKey: key }, retryConfig: { strategy: 'none' } })
const sm8 = client(KEY)
const made = answer => answer.headers['x-record-uuid'][0]
/** The rows of a list, wherever the client puts them. */
const rows = answer => Array.isArray(answer) ? answer : answer.result

await control('servicem8/seed', {
  accounts: [{
    name: `Acme ${RUN}`, timezone_name: 'Australia/Sydney', currency: 'AUD', keys: [KEY],
    taxrate: [{ uuid: `t-${RUN}`, name: 'GST on Income', amount: '10' }],
    company: [{ uuid: `c-${RUN}`, name: `Harbour Cranes ${RUN}` }],
    job: [{ uuid: `j-${RUN}`, generated_job_id: '123', status: 'Completed', company_uuid: `c-${RUN}`, completion_date: '2026-07-10 15:00:00' }],
    jobmaterial: [{ uuid: `m-${RUN}`, job_uuid: `j-${RUN}`, name: 'Hire', quantity: '2', price: '75', displayed_amount: '75', tax_rate_uuid: `t-${RUN}` }]
  }]
})

await step('the account is one row', async () => {
  const [vendor] = rows(await sm8.vendors.listVendors())
  check(vendor.timezoneName === 'Australia/Sydney', vendor)
  return vendor.name
})
await step('lists fit the schema: clients, jobs, lines, tax rates', async () => {
  const [company] = rows(await sm8.clients.listClients())
  const [job] = rows(await sm8.jobs.listJobs())
  const [line] = rows(await sm8.jobMaterials.listJobMaterials())
  const [rate] = rows(await sm8.taxRates.listTaxRates())
  check(company.uuid === job.companyUuid && line.jobUuid === job.uuid && line.taxRateUuid === rate.uuid, { company, job, line, rate })
  check(job.status === 'Completed' && job.totalInvoiceAmount === '0.0000', job)
  return `${job.generatedJobId}, ${line.displayedAmount}`
})
await step('a payment is made, and its id is in a header', async () => {
  told.payment = made(await sm8.jobPayments.createJobPayments({ jobUuid: `j-${RUN}`, amount: '165.00', method: 'Cash', timestamp: '2026-07-11 09:00:00', note: 'by hand' }))
  const row = await sm8.jobPayments.getJobPayments({ uuid: told.payment })
  check((row.amount ?? row.result?.amount) === '165.0000', row)
  return told.payment
})
await step('a record is made under an id of ours, and a second one with it is refused', async () => {
  const uuid = crypto.randomUUID()
  const payment = { uuid, jobUuid: `j-${RUN}`, amount: '1.00', method: 'Cash' }
  check(made(await sm8.jobPayments.createJobPayments(payment)) === uuid, uuid)
  told.twice = uuid
  return await refused(() => sm8.jobPayments.createJobPayments(payment))
})
await step('a job is changed by the fields that are sent, its status among them', async () => {
  await sm8.jobs.updateJobs({ uuid: `j-${RUN}`, jobCreate: { status: 'Completed', purchaseOrderNumber: 'PO 7' } })
  const answer = await sm8.jobs.getJobs({ uuid: `j-${RUN}` })
  const job = answer.result ?? answer
  check(job.purchaseOrderNumber === 'PO 7' && job.generatedJobId === '123', job)
})
await step('what is deleted answers 404 alone, and stays in the list', async () => {
  await sm8.jobPayments.deleteJobPayments({ uuid: told.twice })
  const told404 = await refused(() => sm8.jobPayments.getJobPayments({ uuid: told.twice }))
  const all = rows(await sm8.jobPayments.listJobPayments())
  check(all.find(p => p.uuid === told.twice)?.active === 0, all)
  return told404
})
await step('a client whose name is taken is refused', () => refused(() => sm8.clients.createClients({ name: `harbour cranes ${RUN}` })))
await step('another key is not let in', () => refused(() => client('smk-none').jobs.listJobs()))

console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
