package pos

import (
	"fmt"
	"time"

	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/witness"
	"ttcheck/protocol"
)

var socketCases = []Case{
	{ID: "POS-09", Judge: authenticates},
	{ID: "POS-10", Judge: tokenFirst},
	{ID: "POS-15", Name: "ping", Act: Work, Judge: answersPings},
	{ID: "POS-15", Name: "close", Act: Trouble, Judge: answersClose},
	{ID: "POS-21", Name: "at a restart", Act: Restart, Judge: func(j *J) { j.leavesInOrder(stopping) }},
	{ID: "POS-21", Name: "at the end", Act: End, Judge: func(j *J) { j.leavesInOrder(lastStop) }},
}

// opened are the sockets whose handshake was answered by the gateway with 101.
func opened(r *witness.Record) []*witness.Socket {
	var all []*witness.Socket
	for _, k := range r.Sockets {
		if !k.Opened.IsZero() {
			all = append(all, k)
		}
	}
	return all
}

// inHeader tells whether a socket's handshake carried a token.
func inHeader(k *witness.Socket) bool { return k.Request.Header.Get("Authorization") != "" }

// authenticates judges that each WebSocket was given the token in time.
func authenticates(j *J) {
	all := opened(j.record)
	limit := j.Real(protocol.Published.TokenDeadline)
	var worst time.Duration
	some := false
	for _, k := range all {
		said := messages(k)
		switch {
		case inHeader(k):
			some = some || !k.Authenticated.IsZero()
		case len(said) > 0 && said[0].token() != "":
			some = some || !k.Authenticated.IsZero()
			took := said[0].at.Sub(k.Opened)
			worst = max(worst, took)
			if over := took - limit - j.Grace(); over > 0 {
				j.tardy(k.Opened, said[0].at, over)
				j.Wrong("the token within "+protocol.Published.TokenDeadline.String(), "after "+j.protocol(took), j.socket(k)...)
			}
		case len(said) == 0 && !k.Ended.IsZero() && !k.Left && k.Ended.Sub(k.Opened) >= limit-j.Grace():
			j.tardy(k.Opened, k.Ended, limit/2)
			j.Wrong("a token within "+protocol.Published.TokenDeadline.String(), "none, and the gateway closed the WebSocket", j.socket(k)...)
		}
	}
	switch {
	case some:
		j.Note("%d WebSockets; a token as a message came after %s at most, of %s", len(all), j.protocol(worst), protocol.Published.TokenDeadline)
	case len(all) > 0:
		j.Wrong("a WebSocket that is authenticated", fmt.Sprintf("%d WebSockets, and none of them was", len(all)), j.socket(all[0])...)
	default:
		sc := j.scene(pressing)
		if got := j.tokens(); got == 0 {
			j.NotShown("the integration never got a token")
		}
		j.Wrong("a WebSocket", sc.fate("none was opened"), j.exchanges(j.requests(sc.from, time.Time{})...)...)
	}
}

// tokenFirst judges that nothing was sent on a WebSocket ahead of the token.
func tokenFirst(j *J) {
	some := 0
	for _, k := range opened(j.record) {
		if inHeader(k) {
			some++
			continue
		}
		for _, f := range k.Frames {
			if f.FromGateway || f.Op() == decorate.OpClose || f.Op() == decorate.OpPong {
				continue
			}
			some++
			if first := messages(k); f.Op() == decorate.OpPing || len(first) > 0 && first[0].token() == "" {
				j.Wrong(`{"accesstoken":"…"} as the first thing that is sent`, "something else", j.frame(k, f))
			}
			break
		}
	}
	if some == 0 {
		j.NotShown("the integration sent nothing on a WebSocket")
	}
	j.Note("nothing came before the token on %d WebSockets", some)
}

// answersPings judges that pings are answered with their payload.
func answersPings(j *J) {
	sc := j.scene(pinged)
	for _, p := range sc.proofs {
		if p.pong.IsZero() {
			j.Wrong(fmt.Sprintf("a pong with the %d bytes of the ping, within %s", len(p.payload), pongLimit), sc.fate("none"), j.since(p)...)
		}
		j.Note("a ping of %d bytes was answered within %s", len(p.payload), j.protocol(p.pong.Sub(p.pinged)))
	}
}

// answersClose judges that a close frame is answered by one.
func answersClose(j *J) {
	sc := j.scene(closing)
	for _, k := range sc.sockets {
		if goodbye(k) == nil {
			j.Wrong(fmt.Sprintf("a close frame in answer to the gateway's, within %s", closeLimit), sc.fate("none"), j.socket(k)...)
		}
		j.Note("answered with a %s", words(*goodbye(k)))
	}
}

// leavesInOrder judges that an integration which is stopped closes its WebSocket first.
func (j *J) leavesInOrder(name string) {
	sc := j.scene(name)
	for _, k := range sc.sockets {
		switch {
		case sc.forced:
			j.Wrong("a close frame, and an end", fmt.Sprintf("it did not stop within %s and had to be ended by force", j.cfg.StopGrace), j.socket(k)...)
		case goodbye(k) == nil:
			j.Wrong("a close frame before the connection ends", "the connection ended without one", j.socket(k)...)
		}
		j.Note("left with a %s", words(*goodbye(k)))
	}
}
