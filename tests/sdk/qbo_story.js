// node-quickbooks, from npm, against the fake QuickBooks Online.
//
//     npm install node-quickbooks@2.0.50
//     CROSSFOOT_SANDBOX=http://127.0.0.1:4600/qbo node tests/sdk/qbo_story.js
//
// The story seeds an app, a company and tokens of its own through the control plane, and then uses nothing but the client. Each
// step prints one line; the last line is `N passed, 0 failed`; the exit code is not zero when anything was a surprise.
'use strict'

const { createRequire } = require('node:module')
const crypto = require('node:crypto')
const path = require('node:path')

const from = createRequire(path.resolve(process.env.NODE_DIR || '.', 'package.json'))
// The client resolves addresses of an older protocol when it is loaded; nothing is fetched for it.
const QuickBooks = from('node-quickbooks')

const BASE = (process.env.CROSSFOOT_SANDBOX || 'http://127.0.0.1:4600/qbo').replace(/\/$/, '')
const ROOT = BASE.slice(0, BASE.lastIndexOf('/'))
const RUN = crypto.randomBytes(4).toString('hex')

QuickBooks.V3_ENDPOINT_BASE_URL = `${BASE}/v3/company/`
QuickBooks.TOKEN_URL = `${BASE}/oauth2/v1/tokens/bearer`
QuickBooks.REVOKE_URL = `${BASE}/v2/oauth2/tokens/revoke`

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
    console.log(`FAIL  ${name}: ${error.message} ${JSON.stringify(error.response && error.response.data) || ''}`)
  }
}

async function control (path, body) {
  const answer = await fetch(`${ROOT}/_sandbox/${path}`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body)
  })
  const value = await answer.json()
  check(answer.ok, value)
  return value
}

/** One call of the client, as a promise; the client's callbacks come with (error, body). */
const ask = (method, ...args) => new Promise((resolve, reject) => {
  told.qb[method](...args, (error, body) => error ? reject(error) : resolve(body))
})

/** A call that must be refused; answers the code, wherever the client put it. */
async function refused (method, ...args) {
  try {
    await ask(method, ...args)
  } catch (error) {
    const body = (error.response && error.response.data) || error
    return (body.Fault || body.fault).Error[0].code
  }
  throw new Error('it was not refused')
}

const line = (Amount, code = 'NON') => ({
  Amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '1' }, TaxCodeRef: { value: code } }
})

async function story () {
  await step('seed an app, a company and tokens', async () => {
    await control('qbo/switches', { limits: 'off' })
    const made = await control('qbo/seed', {
      apps: [{ client_id: `node-${RUN}`, client_secret: 'secret' }],
      companies: [{ name: `Node ${RUN}`, country: 'US' }],
      tokens: [{ app: `node-${RUN}`, company: `Node ${RUN}`, access: `access-${RUN}`, refresh: `RT1-${RUN}` }]
    })
    told.realm = made.companies[0].realm
    told.qb = new QuickBooks(`node-${RUN}`, 'secret', `access-${RUN}`, false, told.realm, true, false, 75, '2.0', `RT1-${RUN}`)
  })
  await step('the access token is refreshed', async () => {
    const tokens = await ask('refreshAccessToken')
    check(tokens.expires_in === 3600 && tokens.refresh_token === `RT1-${RUN}`, tokens)
  })
  await step('company and preferences are read', async () => {
    check((await ask('getCompanyInfo', told.realm)).CompanyName === `Node ${RUN}`)
    check((await ask('getPreferences')).CurrencyPrefs.HomeCurrency.value === 'USD')
  })
  await step('a customer is made, changed and found', async () => {
    const made = await ask('createCustomer', { DisplayName: `O'Neill & Sons ${RUN}` })
    const changed = await ask('updateCustomer', { Id: made.Id, SyncToken: made.SyncToken, sparse: true, Notes: 'n' })
    check(changed.SyncToken === '1' && changed.Notes === 'n', changed)
    told.customer = changed
    const found = await ask('findCustomers', { Id: made.Id })
    check(found.QueryResponse.Customer[0].DisplayName === made.DisplayName, found)
    const all = await ask('findCustomers', { fetchAll: true })
    check(all.QueryResponse.Customer.length === 1, all)
    const counted = await ask('findCustomers', { count: true })
    check(counted.QueryResponse.totalCount === 1, counted)
  })
  await step('an invoice is made once for one request id', async () => {
    const invoice = () => ({ CustomerRef: { value: told.customer.Id }, Line: [line(12.5)], requestId: `r-${RUN}` })
    told.invoice = await ask('createInvoice', invoice())
    const again = await ask('createInvoice', invoice())
    check(again.Id === told.invoice.Id && again.TotalAmt === 12.5, again)
  })
  await step('a taken number is refused, unless it may be taken twice', async () => {
    const invoice = () => ({ CustomerRef: { value: told.customer.Id }, Line: [line(1)], DocNumber: told.invoice.DocNumber })
    check(await refused('createInvoice', invoice()) === '6140')
    const twice = await ask('createInvoice', { ...invoice(), allowDuplicateDocNum: true })
    check(twice.DocNumber === told.invoice.DocNumber, twice)
  })
  await step('a payment pays it, and is voided', async () => {
    const paid = await ask('createPayment', {
      CustomerRef: { value: told.customer.Id },
      TotalAmt: 12.5,
      Line: [{ Amount: 12.5, LinkedTxn: [{ TxnId: told.invoice.Id, TxnType: 'Invoice' }] }]
    })
    check((await ask('getInvoice', told.invoice.Id)).Balance === 0)
    const gone = await ask('voidPayment', { Id: paid.Id, SyncToken: paid.SyncToken })
    check(gone.TotalAmt === 0, gone)
    check((await ask('getInvoice', told.invoice.Id)).Balance === 12.5)
  })
  await step('the invoice is voided by its id, another deleted', async () => {
    await ask('voidInvoice', told.invoice.Id)
    check((await ask('getInvoice', told.invoice.Id)).PrivateNote === 'Voided')
    const made = await ask('createInvoice', { CustomerRef: { value: told.customer.Id }, Line: [line(2)] })
    const gone = await ask('deleteInvoice', made.Id)
    check(gone.Invoice.status === 'Deleted', gone)
    check(await refused('getInvoice', made.Id) === '610')
  })
  await step('a batch and the changes', async () => {
    const answer = await ask('batch', [
      { bId: '1', operation: 'create', Vendor: { DisplayName: `Vendor ${RUN}` } },
      { bId: '2', operation: 'create', Vendor: { DisplayName: told.customer.DisplayName } },
      { bId: '3', Query: 'select * from Item maxresults 1' }
    ])
    const items = answer.BatchItemResponse
    check(items[0].Vendor.Id && items[1].Fault.Error[0].code === '6240' && items[2].QueryResponse.maxResults === 1, items)
    const changes = await ask('changeDataCapture', ['Customer', 'Invoice'], new Date(Date.now() - 3600000))
    const lists = changes.CDCResponse[0].QueryResponse
    check(lists[0].Customer.length === 1 && lists[1].Invoice.some(i => i.status === 'Deleted'), lists)
  })
  await step('a stale version and a query of nothing are refused', async () => {
    check(await refused('updateCustomer', { Id: told.customer.Id, SyncToken: '0', Notes: 'x' }) === '5010')
    check(await refused('createInvoice', { BadJson: true }) === '2010')
  })
  await step('the grant is revoked', async () => {
    await new Promise((resolve, reject) =>
      told.qb.revokeAccess(true, (error, body) => error ? reject(error) : resolve(body)))
    try {
      await ask('getCompanyInfo', told.realm)
    } catch (error) {
      return check(error.response.status === 401, error.response.status)
    }
    throw new Error('the token still works')
  })
  console.log(`${passed} passed, ${failed} failed`)
  process.exit(failed ? 1 : 0)
}

story()
