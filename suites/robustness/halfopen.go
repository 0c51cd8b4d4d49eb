package robustness

import (
	"context"
	"fmt"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// Connections that are held half-open, as by a client that is very slow, or means
// to be.

var halfOpenCases = []spec.Case{
	{ID: "ROB-02", Name: "slow headers", Needs: needs, Run: servesBesideSlowHeaders},
	{ID: "ROB-02", Name: "slow bodies", Needs: needs, Run: servesBesideSlowBodies},
	{ID: "ROB-02", Name: "silence", Needs: needs, Run: servesBesideSilence},
}

const (
	halfOpen = 40
	// dripping is how often a byte goes out on each of them.
	dripping = 200 * time.Millisecond
	// looks is how often the others are looked at meanwhile.
	looks = 3
)

// between is the time from one look to the next.
var between = 2 * time.Second

func servesBesideSlowHeaders(c *spec.C) {
	servesBeside(c, "by slow headers", func(a address) string { return a.head("GET", protocol.Base) + "X-Slow: " }, "a")
}

func servesBesideSlowBodies(c *spec.C) {
	servesBeside(c, "by slow bodies", func(a address) string { return a.post("Content-Length: 100000") }, "a")
}

func servesBesideSilence(c *spec.C) {
	servesBeside(c, "by saying nothing", func(address) string { return "" }, "")
}

// servesBeside holds connections that send something at first, and then a drop now
// and then.
func servesBeside(c *spec.C, how string, first func(address) string, drop string) {
	w := watch(c)
	conns := hold(c, first(address{c.Client.Address(), c.Token()}))
	held := fmt.Sprintf("%d connections are held half-open %s", len(conns), how)
	stop := drip(c, conns, drop)
	defer stop()
	for i := range looks {
		w.unharmed("while " + held)
		if i < looks-1 && c.Until(time.Now().Add(between)) != nil {
			return // the case was cut off
		}
	}
	c.Note("%s; %s", held, stop())
	for _, conn := range conns {
		conn.Close()
	}
	w.unharmed("after " + held)
}

// hold opens connections until they are enough or the gateway takes no more. They
// are closed at the end of the case.
func hold(c *spec.C, first string) []*client.Conn {
	var conns []*client.Conn
	for range halfOpen {
		conn, err := c.Client.Connect(c)
		if client.IsLocal(err) {
			c.Broken("the harness could not open a connection: %v", err)
		}
		if err != nil {
			c.Note("the gateway took %d half-open connections, and no more: %v", len(conns), err)
			break
		}
		c.Later(conn.Close)
		conns = append(conns, conn)
		if first != "" {
			_ = conn.Send(c, []byte(first)) // it may be refused, which is fine
		}
	}
	return conns
}

// drip sends a drop on each connection from time to time until stop is called, which
// tells on how many the last one still went out.
func drip(c *spec.C, conns []*client.Conn, drop string) (stop func() string) {
	ctx, cancel := context.WithCancel(c)
	done := make(chan struct{})
	said := "whether the gateway ended any is not known"
	go func() {
		defer close(done)
		for drop != "" && pause(ctx, dripping) {
			said = fmt.Sprintf("at the end %d of them still were", dropOn(c, conns, drop))
		}
	}()
	return func() string {
		cancel()
		<-done
		return said
	}
}

// dropOn tells on how many it went out.
func dropOn(c *spec.C, conns []*client.Conn, drop string) int {
	open := 0
	for _, conn := range conns {
		if conn.Send(c, []byte(drop)) == nil {
			open++
		}
	}
	return open
}

// pause waits for d, and tells whether ctx lasted that long.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
