package robustness

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// witness is a client that does nothing wrong, beside others that do. What the
// gateway did not do for it in the first place is not held against it later: other
// requirements are about that.
type witness struct {
	c      *spec.C
	stream *spec.Stream   // its WebSocket; nil if it was not served
	order  protocol.Order // made before; without a UUID if there is none

	reads, pongs, lists, tells bool // what worked before
	pinged                     int
}

// inTime is how long the gateway may take for what the witness asks, which is little.
var inTime = spec.Patience

// watch begins before any harm is done.
func watch(c *spec.C) *witness {
	w := &witness{c: c}
	if res := w.online(); res.Status/100 != 2 {
		c.Unsupported("GET %s is not answered 2xx in the first place (see ONL-01): %s", protocol.Base, res)
	}
	w.reads = w.read().Status/100 == 2
	stream, reason := c.Connect(spec.ByHeader)
	if stream == nil {
		c.Note("no WebSocket could be watched: %s", reason)
	}
	w.stream = stream
	w.pongs = stream != nil && w.ponged()
	if kind, why := c.Unmet([]spec.Need{spec.NeedOrders}); kind != "" {
		c.Note("no orders could be watched: %s", why)
		return w
	}
	w.order = c.Start(protocol.ToGo)
	_, w.lists = w.listed()
	_, w.tells = w.told()
	return w
}

// unharmed asserts that all is well with the witness, and that all answers come in
// time. What was done is named by when.
func (w *witness) unharmed(when string, proof ...client.Exchange) {
	c, began := w.c, time.Now()
	online := w.online()
	w.fair(began, online.Err == nil)
	c.Expect(online, "GET %s %s", protocol.Base, when).ProvedBy(with(proof, online)...).To(match.Success())
	c.Punctual("the answer to GET "+protocol.Base+" "+when, online.Sent.Add(inTime), online.Received, with(proof, online)...)
	if w.reads {
		res := w.read()
		w.fair(began, res.Err == nil)
		c.Expect(res, "GET %s with the token %s", protocol.PathHistory, when).ProvedBy(with(proof, res)...).To(match.Success())
	}
	w.stillConnected(when, proof...)
	if w.lists {
		res, listed := w.listed()
		w.fair(began, res.Err == nil)
		c.Expect(listed, "that an order made before is listed %s", when).ProvedBy(with(proof, res)...).To(gomega.BeTrue())
	}
	if w.tells {
		res, told := w.told()
		w.fair(began, told)
		c.Expect(res, "a request to start an order %s", when).ProvedBy(with(proof, res)...).To(match.Success())
		c.Expect(told, "that a WebSocket opened before tells of a new order %s", when).ProvedBy(with(proof, res)...).To(gomega.BeTrue())
	}
}

// stillConnected asserts that its WebSocket is open, and not just not closed.
func (w *witness) stillConnected(when string, proof ...client.Exchange) {
	if w.stream == nil {
		return
	}
	if w.pongs {
		began := time.Now()
		ponged := w.ponged()
		w.fair(began, ponged)
		w.c.Expect(w.stream.Closure(), "a WebSocket opened before, %s,", when).ProvedBy(proof...).To(match.Open())
		w.c.Expect(ponged, "that a WebSocket opened before answers a ping %s", when).ProvedBy(proof...).To(gomega.BeTrue())
	}
	w.c.Expect(w.stream.Closure(), "a WebSocket opened before, %s,", when).ProvedBy(proof...).To(match.Open())
}

// fair ends the case without a verdict if something did not come in time, and the
// harness was so late meanwhile that this may be why.
func (w *witness) fair(since time.Time, came bool) {
	if came {
		return
	}
	if lag := w.c.Lag.Between(since, time.Now()); lag > inTime/5 {
		w.c.Inconclusive("something did not come in time, and the harness itself was %v late", lag.Round(time.Millisecond))
	}
}

func with(proof []client.Exchange, res *client.Response) []client.Exchange {
	return append(slices.Clone(proof), res.Exchange)
}

// online waits somewhat longer than it has to: to be late is one thing, not to answer
// another.
func (w *witness) online() *client.Response {
	ctx, cancel := w.c.Within(2 * inTime)
	defer cancel()
	return w.c.Client.Do(ctx, client.Request{Path: protocol.Base})
}

// read asks with the token for what every gateway serves.
func (w *witness) read() *client.Response {
	return w.c.Get(protocol.PathHistory, url.Values{"limit": {"1"}})
}

// ponged pings, and tells whether the pong came.
func (w *witness) ponged() bool {
	w.pinged++
	payload := fmt.Sprintf("still there %d", w.pinged)
	ctx, cancel := w.c.Within(inTime)
	defer cancel()
	if w.stream.Ping(payload) != nil {
		return false
	}
	_, ok := w.stream.AwaitPong(ctx, payload)
	return ok
}

// listed tells whether the order made before is among the active ones.
func (w *witness) listed() (*client.Response, bool) {
	res := w.c.Get(protocol.PathActiveOrders)
	o, err := res.Object()
	if err != nil {
		return res, false
	}
	items, _ := o.Objects("items")
	return res, slices.ContainsFunc(items, func(item protocol.Object) bool {
		uuid, _ := item.String("uuid")
		return uuid == w.order.UUID
	})
}

// told starts an order and tells whether the WebSocket brings it; it is then cleared
// again.
func (w *witness) told() (*client.Response, bool) {
	name, asked := w.c.OrderName(), time.Now()
	res := w.c.PostOrder(name, protocol.ToGo, "")
	if res.Status/100 != 2 || w.stream == nil {
		return res, false
	}
	defer w.c.Delete(protocol.PathOrder(name))
	ctx, cancel := w.c.Within(inTime)
	defer cancel()
	quoted := []byte(strconv.Quote(name))
	_, _, ok := w.stream.Await(ctx, 0, func(m client.Message) bool {
		return m.At.After(asked) && !spec.IsSnapshot(m) && bytes.Contains(m.Data, quoted)
	})
	return res, ok
}
