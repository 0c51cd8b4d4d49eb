package client

import (
	"context"
	"slices"
	"time"
)

// Messages returns what came so far.
func (s *Socket) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Pongs returns the pongs that came so far.
func (s *Socket) Pongs() []Pong {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.pongs)
}

// Pings returns how many pings the gateway sent; each was answered.
func (s *Socket) Pings() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pings
}

// Closure returns how the socket ended, or nil while it is open.
func (s *Socket) Closure() *Closure {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closure
}

// Ended returns when the gateway ended the TCP connection; zero if it has not.
func (s *Socket) Ended() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.endedAt
}

// Await waits until one of the messages from index from on satisfies match, and
// returns it with its index. It gives up, with false, when ctx is done or the
// socket is closed and no message is left; the index is then that of the first
// message that was not looked at.
func (s *Socket) Await(ctx context.Context, from int, match func(Message) bool) (Message, int, bool) {
	for {
		s.mu.Lock()
		messages, changed, closed := s.messages, s.changed, s.closure != nil
		s.mu.Unlock()
		for ; from < len(messages); from++ {
			if match(messages[from]) {
				return messages[from], from, true
			}
		}
		if closed || !wait(ctx, changed) {
			return Message{}, from, false
		}
	}
}

// AwaitPong waits for a pong with the payload and returns it: the first there was,
// so that a payload is good for one ping.
func (s *Socket) AwaitPong(ctx context.Context, payload string) (Pong, bool) {
	var found Pong
	ok := s.awaitState(ctx, func() bool {
		i := slices.IndexFunc(s.pongs, func(p Pong) bool { return p.Payload == payload })
		if i >= 0 {
			found = s.pongs[i]
		}
		return i >= 0
	})
	return found, ok
}

// AwaitClosure waits for the end of the socket and tells how it came; nil if ctx
// was done first.
func (s *Socket) AwaitClosure(ctx context.Context) *Closure {
	for {
		s.mu.Lock()
		changed, closure := s.changed, s.closure
		s.mu.Unlock()
		if closure != nil {
			return closure
		}
		if !wait(ctx, changed) {
			return nil
		}
	}
}

// AwaitEnd waits for the gateway to end the TCP connection, and tells whether it
// did. It gives up when ctx is done, and some seconds after the WebSocket closed.
func (s *Socket) AwaitEnd(ctx context.Context) bool {
	wait(ctx, s.ended)
	return !s.Ended().IsZero()
}

// awaitState waits until met, called under the lock, holds or the socket closes.
func (s *Socket) awaitState(ctx context.Context, met func() bool) bool {
	for {
		s.mu.Lock()
		ok, changed, closed := met(), s.changed, s.closure != nil
		s.mu.Unlock()
		if ok || closed || !wait(ctx, changed) {
			return ok
		}
	}
}

func wait(ctx context.Context, changed <-chan struct{}) bool {
	select {
	case <-ctx.Done():
		return false
	case <-changed:
		return true
	}
}
