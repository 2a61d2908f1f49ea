// An agent and a client of the agents' hub with the WebSocket library ws: each says on standard output what it saw, line by line.
import WebSocket from 'ws'
import { randomBytes } from 'node:crypto'
import { guard, print, readJob } from './job.mjs'

const job = readJob()
let waitingFor = 'nothing'
guard(job, () => `still waiting for ${waitingFor}`)

class Peer {
  constructor (path, token, headers = {}) {
    this.frames = []
    this.waiting = []
    this.socket = new WebSocket(`ws://${job.address}${path}`, ['actors.agents.v2', 'actors.agents.v1'], {
      headers: { Authorization: `Bearer ${token}`, ...headers }
    })
    this.socket.on('error', () => {})
    this.socket.on('close', code => this.take({ closed: code }))
    this.socket.on('message', data => {
      const frame = JSON.parse(data)
      if (frame.ping) this.send({ pong: frame.ping })
      else if (frame.peerUpdates) frame.peerUpdates.forEach(update => this.take(update))
      else this.take(frame)
    })
  }

  take (frame) {
    this.frames.push(frame)
    this.waiting.forEach(look => look())
  }

  send (frame) {
    this.socket.send(JSON.stringify(frame))
  }

  /** The next frame or update that fits; those before it are passed over. */
  next (what, fits) {
    waitingFor = what
    return new Promise(resolve => {
      const look = () => {
        const index = this.frames.findIndex(fits)
        if (index < 0) return
        this.waiting.splice(this.waiting.indexOf(look), 1)
        resolve(this.frames.splice(0, index + 1)[index])
      }
      this.waiting.push(look)
      look()
    })
  }

  async welcomed () {
    this.welcome = (await this.next('a welcome', frame => frame.welcome)).welcome
    return this
  }

  update (kind, id) {
    return this.next(`${kind} of ${id}`, update => update.kind === kind && update.id === id)
  }

  announce (disco) {
    this.node = { key: randomBytes(32).toString('base64'), disco, addresses: [`${this.welcome.address}/128`] }
    this.send({ updateNode: this.node })
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other)
const refused = await new Promise(resolve => {
  const socket = new WebSocket(`ws://${job.address}/clients/connect`, ['actors.agents.v2'])
  socket.on('error', () => {})
  socket.on('unexpected-response', (_, answer) => {
    let body = ''
    answer.on('data', part => { body += part })
    answer.on('end', () => resolve({ status: answer.statusCode, isNamed: body.includes('actors.agents.v1') }))
  })
})
print({ step: 'an unknown version', ...refused })

const agentPath = `/agents/${job.agent}/connect`
let agent = await new Peer(agentPath, job.agentToken).welcomed()
print({ step: 'the agent is welcome', protocol: agent.socket.protocol, isItself: agent.welcome.peerId === job.agent })
agent.announce('first')

let client = await new Peer('/clients/connect', job.clientToken).welcomed()
client.send({ setTunnels: [job.agent] })
client.announce('client')
print({ step: 'the client sees the agent', isAsWritten: same((await client.update('NODE', job.agent)).node, agent.node) })
print({ step: 'the agent sees the client', isAsWritten: same((await agent.update('NODE', client.welcome.peerId)).node, client.node) })
agent.send({ readyForHandshake: [client.welcome.peerId] })
await client.update('READY_FOR_HANDSHAKE', job.agent)
print({ step: 'the agent is ready' })

agent.announce('second')
await client.next('the second node', update => update.kind === 'NODE' && update.node.disco === 'second')
print({ step: 'an update is relayed' })

agent.socket.terminate()
await client.update('LOST', job.agent)
agent = await new Peer(agentPath, job.agentToken).welcomed()
agent.announce('third')
await client.next('the third node', update => update.kind === 'NODE' && update.node.disco === 'third')
print({ step: 'the agent is lost and comes back' })

const { peerId, resume } = client.welcome
client.socket.terminate()
client = await new Peer('/clients/connect', job.clientToken, { 'Actors-Resume': resume.token }).welcomed()
await client.update('NODE', job.agent)
print({ step: 'the client comes back', isItself: client.welcome.peerId === peerId })

client.send({ addTunnels: [job.stranger] })
print({ step: 'a stranger is not reached', code: (await client.next('an error', frame => frame.error)).error.code })

const newer = await new Peer(agentPath, job.agentToken).welcomed()
print({ step: 'a newer connection takes over', code: (await agent.next('a close', frame => frame.closed)).closed })
newer.announce('fourth')
await client.next('the fourth node', update => update.kind === 'NODE' && update.node.disco === 'fourth')

newer.send({ disconnect: {} })
await client.update('DISCONNECTED', job.agent)
print({ step: 'the agent says goodbye', code: (await newer.next('a close', frame => frame.closed)).closed })

client.socket.send(Buffer.from([1, 2, 3]))
print({ step: 'a binary frame', code: (await client.next('a close', frame => frame.closed)).closed })
process.exit(0)
