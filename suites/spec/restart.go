package spec

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/report"
)

const (
	// downLimit is how long after a restart was ordered the gateway may still be up.
	downLimit = time.Minute
	// upLimit is how long it may then take to answer.
	upLimit = 3 * time.Minute
	// lookEvery is how often it is looked whether it answers.
	lookEvery = 100 * time.Millisecond
	// holdFor is how long one connection is held to see the gateway go down: shorter
	// than what servers give a connection that asks for nothing.
	holdFor = 2 * time.Second
)

// Restart has the gateway restarted in good order and returns when it answers again.
// Whoever ordered it may not have waited for it to go down: that is waited for, up to
// downLimit or until enough is done. It tells whether the gateway was seen to go down.
// An error says that there was no restart; it is a skip if the operator declined.
func (s *Scene) Restart(enough context.Context) (wentDown bool, err error) {
	enough, stop := context.WithTimeout(enough, downLimit+upLimit)
	defer stop()
	if err := s.AwaitOnline(Patience); err != nil {
		return false, err
	}
	up, down := make(chan struct{}), make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() { s.watchDown(enough, up, down) })
	defer watching.Wait()
	defer stop()
	select {
	case <-up:
	case <-down:
		return false, errors.New("the gateway accepts no connection even before its restart")
	case <-enough.Done():
		return false, context.Cause(enough)
	}
	if err := s.Ordered(s.Target.Restarter.Restart(s)); err != nil {
		return false, err
	}
	s.Waiting("the gateway to restart", time.Now().Add(downLimit))
	limit := time.NewTimer(downLimit)
	defer limit.Stop()
	select {
	case <-down:
		wentDown = true
	case <-limit.C:
	case <-enough.Done():
	}
	return wentDown, s.AwaitOnline(upLimit)
}

// Ordered turns what a Restarter returned into what ends a case.
func (s *Scene) Ordered(err error) error {
	if errors.Is(err, client.ErrDeclined) {
		return ending{verdict: report.Skipped, skip: report.NeedsOperator, reason: err.Error()}
	}
	return err
}

// watchDown closes up when it holds a connection to the gateway, and down when the
// gateway ends one or accepts none.
func (s *Scene) watchDown(ctx context.Context, up, down chan<- struct{}) {
	dialer := &net.Dialer{Timeout: Patience}
	if s.Target.LocalIP != nil {
		dialer.LocalAddr = &net.TCPAddr{IP: s.Target.LocalIP}
	}
	for first := true; ctx.Err() == nil; first = false {
		conn, err := dialer.DialContext(ctx, "tcp", s.Client.Address())
		if err == nil {
			if first {
				close(up)
			}
			err = held(ctx, conn)
		}
		if err != nil && ctx.Err() == nil && !client.IsLocal(err) {
			close(down)
			return
		}
	}
}

// held holds a connection for a while and returns how the other side ended it; nil if
// it did not.
func held(ctx context.Context, conn net.Conn) error {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	_ = conn.SetReadDeadline(time.Now().Add(holdFor))
	_, err := conn.Read(make([]byte, 1))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	return err
}

// AwaitOnline waits until the gateway answers the online check.
func (s *Scene) AwaitOnline(limit time.Duration) error {
	ctx, cancel := context.WithTimeout(s, limit)
	defer cancel()
	quiet := client.New(client.Options{Address: s.Client.Address(), LocalIP: s.Target.LocalIP, Timeout: Patience})
	defer quiet.Close()
	for {
		res := quiet.Do(ctx, client.Request{Path: protocol.Base})
		if res.Status/100 == 2 {
			return nil
		}
		timer := time.NewTimer(lookEvery)
		select {
		case <-ctx.Done():
			timer.Stop()
			return errors.New("the gateway does not answer: " + res.String())
		case <-timer.C:
		}
	}
}
