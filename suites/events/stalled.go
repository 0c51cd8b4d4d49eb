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

var stalledCases = []spec.Case{
	{ID: "EVT-20", Needs: append([]spec.Need{spec.NeedRobustness}, needOrders...), Run: isNotStalled},
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
// others, in its sequence and in time, and the gateway must answer all the while.
func isNotStalled(c *spec.C) {
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
		isPrompt(c)
	}
	c.Note("%d bytes of events were sent to each client", brought(streams[0]))
	err = settle(c.Scene, streams, r.lives)
	c.Expect(err, "one more order while a client does not read").To(match.NoFault("start and be cleared"))
	r.witnesses = witnesses(streams)
	expect(c, nothingLost(r), "a connection beside one that is not read", "tell of every change")
	expect(c, r.each(inSequence), "a connection beside one that is not read", "tell of every change in its turn")
	expect(c, r.each(inTime), "a connection beside one that is not read", "tell of every change in time")
}

// isPrompt asserts that the online check is answered.
func isPrompt(c *spec.C) {
	res := c.Do(client.Request{Path: protocol.Base})
	c.Expect(res, "the online check while a client does not read").To(match.Success())
	c.Expect(res.Took(), "the online check while a client does not read").ProvedBy(res.Exchange).To(match.AtMost(spec.Patience))
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
