package spec

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/report"
)

const (
	// downLimit is how long a gateway whose restart was ordered may still be up, and
	// upLimit how long it may then take to answer.
	downLimit = 15 * time.Second
	upLimit   = 3 * time.Minute
	// lookEvery is how often it is looked whether it answers.
	lookEvery = 100 * time.Millisecond
)

// Restart has the gateway restarted in good order and returns when it answers
// again. The error says that nothing came of it; it is a skip if the operator
// declined.
func (s *Scene) Restart() error {
	before, err := net.DialTimeout("tcp", s.Client.Address(), Patience) //nolint:noctx // bounded
	if err != nil {
		return err
	}
	defer before.Close()
	if err := s.Ordered(s.Target.Restarter.Restart(s)); err != nil {
		return err
	}
	s.Waiting("the gateway to restart", time.Now().Add(upLimit))
	s.awaitEnd(before)
	return s.AwaitOnline(upLimit)
}

// Ordered turns what a Restarter returned into what ends a case.
func (s *Scene) Ordered(err error) error {
	if errors.Is(err, client.ErrDeclined) {
		return ending{verdict: report.Skipped, skip: report.NeedsOperator, reason: err.Error()}
	}
	return err
}

// awaitEnd waits until a connection from before the restart ends, which is when the
// gateway goes down: whoever ordered it may not have waited for that. A gateway that
// leaves without a word is not waited for longer than downLimit.
func (s *Scene) awaitEnd(conn net.Conn) {
	stop := context.AfterFunc(s, func() { _ = conn.Close() })
	defer stop()
	_ = conn.SetReadDeadline(time.Now().Add(downLimit))
	_, _ = io.Copy(io.Discard, conn) // whether the gateway answers is seen next
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
			return errors.New("the gateway did not answer again after its restart: " + res.String())
		case <-timer.C:
		}
	}
}
