package pos

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/witness"
	"ttcheck/protocol"
)

// The scenes at work.
const (
	ordinary   = "events of every kind"
	novelties  = "events of unknown types"
	extras     = "extra members"
	pinged     = "pings"
	crowded    = "a snapshot of 500 orders"
	fragmented = "a snapshot in fragments"
	halfSecond = "answers after half a second"
	fiveSecond = "answers after five seconds"
)

const (
	manyOrders = 500
	// fragment is the size of the pieces into which a snapshot is cut, in bytes.
	fragment = 1024
)

// playWork has orders come and go, and the gateway say what it may.
func (s *site) playWork() error {
	s.play(pinged, func(sc *scene) {
		for _, k := range sc.sockets {
			// A payload may have up to 125 bytes (RFC 6455 §5.5).
			for _, payload := range []string{"", "ttcheck", longPayload} {
				sc.proofs = append(sc.proofs, s.ping(k, payload))
			}
		}
		s.deaf = !answered(sc.proofs)
		s.heard = true
	})
	s.play(ordinary, func(sc *scene) {
		s.ordersOfADay()
		s.prove(sc)
	})
	s.play(novelties, func(sc *scene) {
		for _, event := range unheardOf {
			s.watch.Emit(event())
		}
		s.prove(sc)
	})
	s.play(extras, func(sc *scene) {
		s.watch.Dress(dressed)
		s.ordersOfADay()
		s.prove(sc)
		s.watch.Dress(nil) // not before all of them are out
	})
	s.play(crowded, func(sc *scene) {
		s.whileAway(sc, func() {
			for i := range manyOrders {
				s.order(strconv.Itoa(9000+i), string(protocol.OnPremise), strconv.Itoa(1+i%90))
			}
		})
		s.follow(sc)
		s.prove(sc)
	})
	s.play(fragmented, func(sc *scene) {
		s.watch.Fragment(fragment)
		s.reopen(sc, s.reset)
		s.follow(sc)
		s.watch.Fragment(0)
		s.prove(sc)
		// It hears of their end: to find them gone after an absence is another scene's matter.
		s.staff(http.MethodDelete, protocol.PathActiveOrders, nil)
		s.rest(watchSpan)
	})
	s.play(halfSecond, func(sc *scene) { s.slowly(sc, 500*time.Millisecond) })
	s.play(fiveSecond, func(sc *scene) { s.slowly(sc, 5*time.Second) })
	return nil
}

// longPayload is the longest that a ping may carry.
var longPayload = strings.Repeat("0123456789abcdefghijklmno", 5)

// ordersOfADay has an order of each kind come, move, be paged and go.
func (s *site) ordersOfADay() {
	for name, kind := range map[string]protocol.OrderType{"8101": protocol.OnPremise, "8102": protocol.ToGo} {
		s.order(name, string(kind), "")
		s.order(name, string(kind), "12")
		s.order(name, string(kind), "14")
		s.staff(http.MethodPost, protocol.PathPage(name), map[string]bool{"tracking": true})
		s.staff(http.MethodDelete, protocol.PathOrder(name), nil)
	}
	s.order("8103", string(protocol.OnPremise), "")
	s.staff(http.MethodDelete, protocol.PathOrder("8103"), nil) // never located: its place is empty
}

// unheardOf are events of types that no document names: a client must ignore them (Q).
var unheardOf = []func() decorate.Object{
	func() decorate.Object {
		return decorate.Object{"type": "TRACKER_BATTERY_LOW", "tracker": "8104", "level": 11}
	},
	func() decorate.Object { return decorate.Object{"type": "GATEWAY_NOTICE", "text": nil, "uuid": nil} },
	func() decorate.Object {
		return decorate.Object{"type": "ORDER_FORECAST", "items": []any{decorate.Object{"name": "8105", "minutes": []any{4, 7.5}}}, "count": 1}
	},
}

// dressed adds members that no document names, null among them, to an event.
func dressed(event decorate.Object) {
	event["guestCount"] = nil
	event["color"] = "blue ☕"
	event["route"] = []any{"kitchen", decorate.Object{"to": "12", "eta": nil}, nil}
	event["server"] = decorate.Object{"id": 7, "shift": decorate.Object{"from": "17:00:00"}}
}

// slowly has the integration connect anew while every answer takes so long.
func (s *site) slowly(sc *scene, answer time.Duration) {
	s.watch.Slow(answer)
	s.whileAway(sc, func() {})
	s.follow(sc)
	s.prove(sc)
	s.watch.Slow(0)
}

// whileAway breaks the scene's connections, has something happen before another is opened,
// and waits until the integration is back.
func (s *site) whileAway(sc *scene, happens func()) {
	s.watch.Hold(true)
	at := time.Now()
	for _, k := range sc.sockets {
		s.reset(k)
	}
	s.restUntilClosed(sc)
	happens()
	s.watch.Hold(false)
	s.comeBack(sc, at)
}

// restUntilClosed waits until the scene's sockets have ended.
func (s *site) restUntilClosed(sc *scene) {
	s.await("", closeLimit, func(*witness.Record) bool {
		for _, k := range sc.sockets {
			if k.Ended.IsZero() {
				return false
			}
		}
		return true
	})
}

// answered tells whether each ping was answered.
func answered(proofs []proof) bool {
	for _, p := range proofs {
		if p.pong.IsZero() {
			return false
		}
	}
	return true
}
