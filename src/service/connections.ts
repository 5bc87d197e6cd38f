import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Who is connected to a server, and which of their requests are not answered yet. */
export class Connections {
  readonly #sockets = new Set<Socket>()
  readonly #underWay = new Set<ServerResponse>()

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    server.on('request', (_request, response) => {
      this.#underWay.add(response)
      response.once('close', () => this.#underWay.delete(response))
    })
  }

  /**
   * Closes those that have no request under way. Node's own takes an answer for
   * sent as soon as it was handed to the socket, and would cut what a slow client
   * has not taken yet.
   */
  closeIdle(): void {
    const busy = new Set(this.#responses().map((response) => response.req.socket))
    for (const socket of this.#sockets) if (!busy.has(socket)) socket.destroy()
  }

  /**
   * Whether the next step is ours: the client has sent all it has to, or more than
   * we have taken, because the disk is slow.
   */
  isWaitingForUs(socket: Socket): boolean {
    return this.#responses().some(
      ({ req, headersSent }) =>
        req.socket === socket && !headersSent && (req.complete || req.readableLength > 0),
    )
  }

  #responses(): ServerResponse[] {
    return [...this.#underWay]
  }
}
