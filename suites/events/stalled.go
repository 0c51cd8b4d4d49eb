package events

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Clients that do not read what they are sent (EVT-20).

// Where such clients stall others, they would stall the connections that probes watch:
// the case comes when these have seen what they are to see.
var stalledCases = []spec.Case{
	{ID: "EVT-20", Needs: append([]spec.Need{spec.NeedRobustness}, needOrders...), Run: isNotStalled, Last: true},
}

const (
	// deafOnes is how many clients do not read.
	deafOnes = 2
	// enough is how many bytes of events, as one connection brings them, fill the
	// buffers between the gateway and a deaf client: several times what was measured.
	enough = 256 << 10
	// fillings bounds the orders that are made for that, some 50 each with up to five
	// events, and longest the time on a gateway that is slow.
	fillings, longest = 4, 30 * time.Second
)

// isNotStalled takes orders through their lives beside clients that do not read,
// until what these are sent can have no room left. Every event must come to the
// others, in its sequence and in time, and the gateway must answer all the while. It
// is held to what it could do before: what fails without such clients too is the
// subject of other requirements.
func isNotStalled(c *spec.C) {
	able := ableBefore(c)
	streams := openStreams(c, 2)
	_, err := live(c.Scene, 0, new(atomic.Bool))
	c.Must(err) // as a set-up, before there is anything to stall
	for range deafOnes {
		c.Must(openDeaf(c.Scene))
	}
	var r record
	began := time.Now()
	for i := 0; i < fillings && brought(streams[0]) < enough && time.Since(began) < longest; i++ {
		lives, err := liveAll(c.Scene)
		c.Expect(err, "orders while a client does not read").To(match.NoFault("go through their lives"))
		r.lives = append(r.lives, lives...)
		if able.answers != "" {
			isPrompt(c, able.answers)
		}
	}
	c.Note("%d bytes of events were sent to each client", brought(streams[0]))
	if able.prompt {
		expect(c, answeredInTime(r.lives), "requests to change orders while a client does not read", "be answered in time")
	}
	err = settle(c.Scene, streams, r.lives)
	c.Expect(err, "one more order while a client does not read").To(match.NoFault("start and be cleared"))
	r.witnesses = witnesses(streams)
	for _, judged := range able.judgements {
		expect(c, judged.of(r), "a connection beside one that is not read", "tell of every change"+judged.how)
	}
}

// ability is what a gateway does right while every client reads.
type ability struct {
	answers    string // the path of a request that it answers; empty if there is none
	prompt     bool   // requests to change orders are answered in time
	judgements []judgement
}

// judgement is one of a record, which the gateway is to tell of every change in some way.
type judgement struct {
	how string
	of  func(record) error
}

// ableBefore finds out what works before a client stops to read, by the burst and a
// request. Where nothing does, there is nothing that such a client could stall.
func ableBefore(c *spec.C) ability {
	before := once(c, burst)
	able := ability{prompt: answeredInTime(before.lives) == nil}
	for _, j := range []judgement{
		{"", nothingLost},
		{" in its turn", func(r record) error { return r.each(inSequence) }},
		{" in time", func(r record) error { return r.each(inTime) }},
	} {
		if err := j.of(before); err != nil {
			c.Note("not judged, as it fails while every client reads: tell of every change%s", j.how)
			continue
		}
		able.judgements = append(able.judgements, j)
	}
	for _, path := range []string{protocol.Base, protocol.PathActiveOrders} {
		if res := c.Do(client.Request{Path: path, Token: c.Token()}); done(res, "") == nil && res.Took() <= spec.Patience {
			able.answers = path
			break
		}
	}
	if len(able.judgements) == 0 {
		c.Broken("there is nothing to judge: events do not come as they should while every client reads")
	}
	return able
}

// isPrompt asserts that a request is answered which was answered before.
func isPrompt(c *spec.C, path string) {
	res := c.Get(path)
	subject := "GET " + path + " while a client does not read"
	c.Expect(res, "%s", subject).To(match.Success())
	c.Expect(res.Took(), "%s", subject).ProvedBy(res.Exchange).To(match.AtMost(spec.Patience))
}

// brought is how many bytes of messages a stream has brought.
func brought(s *spec.Stream) int {
	n := 0
	for _, m := range s.Messages() {
		n += len(m.Data)
	}
	return n
}

// inTime judges whether the news of an order came no later than Patience after the
// request that made it was answered.
func inTime(l life, told []client.Message) error {
	answered := l.asked.start.At + l.asked.start.Took
	for _, m := range told {
		if late := m.Exchange.At - answered; m.Type() == protocol.OrderCreated && late > spec.Patience {
			return faultf([]client.Message{m}, "ORDER_CREATED came %v after the order", late.Round(time.Millisecond))
		}
	}
	return nil
}

// answeredInTime judges whether every request of some lives was answered within Patience.
func answeredInTime(lives []life) error {
	for _, l := range lives {
		for _, x := range []client.Exchange{l.asked.start, l.asked.locate, l.asked.page, l.asked.move, l.asked.clear} {
			if x.Took > spec.Patience {
				return &fault{fmt.Sprintf("one for order %s took %v", l.name, x.Took.Round(time.Millisecond)), []client.Exchange{x}}
			}
		}
	}
	return nil
}

// openDeaf opens a WebSocket under the run's token, by hand, and reads nothing but
// the answer to its handshake. Its buffer and its segments are as small as the
// system makes them, and so is what the gateway's system keeps for it. It is cut at
// the end of the scene.
func openDeaf(s *spec.Scene) error {
	dialer := net.Dialer{Timeout: spec.Patience, Control: small}
	if s.Target.LocalIP != nil {
		dialer.LocalAddr = &net.TCPAddr{IP: s.Target.LocalIP}
	}
	conn, err := dialer.DialContext(s, "tcp", s.Client.Address())
	if err != nil {
		return fmt.Errorf("the set-up failed: %w", err)
	}
	s.Later(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(spec.Patience))
	handshake := strings.Join([]string{
		"GET " + protocol.PathWebSocket + " HTTP/1.1", "Host: " + s.Client.Address(),
		"Upgrade: websocket", "Connection: Upgrade",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
		"Authorization: Bearer " + s.Token(), "", "",
	}, "\r\n")
	if _, err := io.WriteString(conn, handshake); err != nil {
		return fmt.Errorf("the set-up failed: %w", err)
	}
	res, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, 16<<10)), nil)
	switch {
	case err != nil:
		return fmt.Errorf("the set-up failed: %w", err)
	case res.StatusCode != http.StatusSwitchingProtocols:
		_ = res.Body.Close()
		return errors.New("the set-up failed: a WebSocket by header is refused: " + res.Status)
	}
	return res.Body.Close()
}
