package load

import (
	"context"
	"errors"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"ttcheck/client"
	"ttcheck/load/plan"
	"ttcheck/load/wire"
	"ttcheck/protocol"
)

const (
	// dialWithin is how long a connection and its handshake may take.
	dialWithin = 15 * time.Second
	// servedWithin is how long a socket may wait for its snapshot: as long as the protocol
	// gives a client for its token (Q).
	servedWithin = 20 * time.Second
	// closedWithin is how long the gateway may take to answer a close.
	closedWithin = 5 * time.Second
)

// members are the WebSockets of a run.
type members struct {
	run     *run
	sources []net.IP
	next    atomic.Int64 // which source address is next
	up      atomic.Int64
	last    atomic.Int64   // how many were up when the plan ended, plus one; zero before
	dialled sync.WaitGroup // the dials under way

	mu      sync.Mutex
	seats   []*member            // by the socket's index in the plan; nil where none is to be open
	present map[*member]struct{} // all that have not ended
	wounded []*member            // ended, and events are missing between the first and the last
}

func newMembers(r *run, sockets int) *members {
	return &members{run: r, sources: r.cfg.Sources, seats: make([]*member, sockets), present: map[*member]struct{}{}}
}

// follow opens and closes sockets by the plan, until it ends or ctx does. What is being
// opened then goes on until patience ends.
func (ms *members) follow(ctx, patience context.Context) {
	moves := ms.run.cfg.Plan.Moves()
	for {
		move, ok := moves.Next()
		if !ok || ms.run.wait(ctx, move.At) != nil {
			return
		}
		switch {
		case !ms.run.cfg.Shard.OwnsSocket(move.Socket):
		case move.Open:
			ms.admit(patience, move.Socket)
		default:
			ms.leave(move.Socket)
		}
	}
}

// admit opens the socket with this index.
func (ms *members) admit(ctx context.Context, index int) {
	m := &member{index: index}
	ms.mu.Lock()
	ms.seats[index] = m
	ms.present[m] = struct{}{}
	ms.mu.Unlock()
	ms.dialled.Go(func() { ms.dial(ctx, m) })
}

func (ms *members) dial(ctx context.Context, m *member) {
	r := ms.run
	ctx, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	socket, phases, err := r.pool.Dial(ctx, wire.Target{
		Address: r.cfg.Address, Path: protocol.PathWebSocket, Header: r.handshake, Source: ms.source(),
	})
	if err != nil {
		before := m.phase.Swap(gone)
		if before == dialling { // nobody wants it closed
			r.side.count(connectErrors)
			r.errors.add("WebSocket not opened: " + reason(err))
		}
		ms.closed(m, before)
		return
	}
	r.side.record(connect, phases.Connect)
	r.side.record(upgrade, phases.Upgrade)
	m.upgraded = r.now()
	socket.Owner = m
	m.ws.Store(socket)
	asked := !m.to(waiting, dialling)
	r.pool.Add(socket)
	switch {
	case asked: // to go again, while it was dialled
		socket.Close(wsNormal)
	case r.cfg.Plan.Auth == plan.ByMessage:
		if err := socket.Send(r.authMessage); err != nil {
			socket.Abort("token could not be sent")
		}
	}
}

// wsNormal is the code of a close that has no other reason (RFC 6455 §7.4.1).
const wsNormal = 1000

// source is the local address of the next connection.
func (ms *members) source() net.IP {
	if len(ms.sources) == 0 {
		return nil
	}
	return ms.sources[int(ms.next.Add(1)-1)%len(ms.sources)]
}

// leave has a socket go.
func (ms *members) leave(index int) {
	ms.mu.Lock()
	m := ms.seats[index]
	ms.seats[index] = nil
	ms.mu.Unlock()
	if m != nil {
		ms.dismiss(m)
	}
}

// dismiss begins the closing handshake of a member, and returns the phase that it was in.
func (ms *members) dismiss(m *member) int32 {
	m.leaving.Store(int64(ms.run.now()))
	before := m.phase.Load()
	for ; before < going && !m.to(going, before); before = m.phase.Load() {
		continue // it moved on just now
	}
	switch {
	case before >= going:
		return before // it has ended, or is about to
	case before == up:
		ms.up.Add(-1)
	}
	if ws := m.ws.Load(); ws != nil {
		ws.Close(wsNormal)
	}
	return before
}

// dismissAll begins to close every socket. One that was not served by now has had its time.
func (ms *members) dismissAll() {
	for _, m := range ms.all() {
		if ms.dismiss(m) < up {
			ms.run.side.count(connectErrors)
			ms.run.errors.add("WebSocket not served before the end of the run")
		}
	}
}

func (ms *members) all() []*member {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	return slices.Collect(maps.Keys(ms.present))
}

// held is how many are up, or were when the plan ended.
func (ms *members) held() int64 {
	if last := ms.last.Load(); last > 0 {
		return last - 1
	}
	return ms.up.Load()
}

// left is how many have not ended.
func (ms *members) left() int {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	return len(ms.present)
}

// pending is how many are not served yet.
func (ms *members) pending() int {
	n := 0
	for _, m := range ms.all() {
		if m.phase.Load() < up {
			n++
		}
	}
	return n
}

// incomplete are the members that ended while they missed something.
func (ms *members) incomplete() []*member {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	return slices.Clone(ms.wounded)
}

// joined counts a socket that was served.
func (ms *members) joined() { ms.up.Add(1) }

// closed takes a member that has ended, and the phase that it was in.
func (ms *members) closed(m *member, before int32) {
	if before == up {
		ms.up.Add(-1)
	}
	ms.mu.Lock()
	defer ms.mu.Unlock()
	delete(ms.present, m)
	if ms.seats[m.index] == m {
		ms.seats[m.index] = nil
	}
	if len(m.stream.gaps) > 0 {
		ms.wounded = append(ms.wounded, m)
	}
}

// sweep ends sockets that wait too long for their snapshot or for the end.
func (ms *members) sweep() {
	now := ms.run.now()
	for _, m := range ms.all() {
		ws := m.ws.Load()
		switch phase := m.phase.Load(); {
		case ws == nil:
		case phase == waiting && now-m.upgraded > servedWithin:
			ws.Abort("timeout: no snapshot within 20s")
		case phase == going && now-time.Duration(m.leaving.Load()) > closedWithin:
			ws.Abort(wire.Ours)
		}
	}
}

// reason names what kept a connection from being made, in words that many share.
func reason(err error) string {
	if refused, ok := errors.AsType[*wire.RefusedError](err); ok {
		return refused.Error()
	}
	for _, known := range []struct {
		err  error
		text string
	}{
		{context.Canceled, "no answer before the end of the run"},
		{context.DeadlineExceeded, "no answer in time"},
		{syscall.ECONNREFUSED, "connection refused"},
		{syscall.ECONNRESET, "connection reset"},
		{syscall.EPIPE, "connection reset"},
		{syscall.EHOSTUNREACH, "no route to the host"},
		{syscall.ENETUNREACH, "no route to the network"},
	} {
		if errors.Is(err, known.err) {
			return known.text
		}
	}
	if _, unknown := errors.AsType[*net.DNSError](err); unknown {
		return "no such host"
	}
	if client.IsLocal(err) {
		return "this machine: out of ports, files or memory"
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return "no answer in time"
	}
	return "connection broken"
}
