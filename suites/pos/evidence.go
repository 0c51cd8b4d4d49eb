package pos

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client"
	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/witness"
)

const (
	// before is how many exchanges are shown of what came before something, and shownMost how
	// many of them a finding has room for (spec.C): of more it shows the last.
	before, shownMost = 3, 6
	// shownBytes is how much is shown of bytes that are no text.
	shownBytes = 256
)

// exchange is a request as evidence. What is sent goes from the integration to the gateway.
func (j *J) exchange(q *witness.Request) client.Exchange {
	x := client.Exchange{Channel: "http", Sent: head(q), Received: fmt.Sprintf("HTTP %d\n\n%s", q.Status, q.Answer)}
	if len(q.Body) > 0 {
		x.Sent += "\n\n" + string(q.Body)
	}
	if q.Status != 0 {
		x.Took = q.Answered.Sub(q.At)
		return j.redacted(q.At, x)
	}
	x.Received, x.Error = "", "no answer yet"
	if q.Left {
		x.Error = "the integration did not wait for the answer"
	}
	return j.redacted(q.At, x)
}

func head(q *witness.Request) string {
	lines := []string{q.Method + " " + q.Target + " " + q.Proto}
	for _, name := range slices.Sorted(maps.Keys(q.Header)) {
		for _, value := range q.Header[name] {
			lines = append(lines, name+": "+value)
		}
	}
	return strings.Join(lines, "\n")
}

// exchanges are requests as evidence.
func (j *J) exchanges(all ...*witness.Request) []client.Exchange {
	var shown []client.Exchange
	for _, q := range all {
		shown = append(shown, j.exchange(q))
	}
	return shown
}

// frame is a frame of a socket as evidence.
func (j *J) frame(k *witness.Socket, f witness.Frame) client.Exchange {
	x := client.Exchange{Channel: fmt.Sprintf("ws#%d", k.Number)}
	text := words(f)
	if f.FromGateway {
		x.Received = text
	} else {
		x.Sent = text
	}
	return j.redacted(f.At, x)
}

// words shows a frame.
func words(f witness.Frame) string {
	switch f.Op() {
	case decorate.OpText, decorate.OpContinuation:
		if !f.FromGateway && (f.Op() == decorate.OpContinuation || f.First&final == 0) {
			return fmt.Sprintf("a fragment of text, %d bytes", f.Size) // it may hold a part of a token
		}
		text := string(f.Payload)
		if f.Size > len(f.Payload) {
			text += fmt.Sprintf("… (%d bytes)", f.Size)
		}
		return text
	case decorate.OpPing:
		return fmt.Sprintf("ping %q", f.Payload)
	case decorate.OpPong:
		return fmt.Sprintf("pong %q", f.Payload)
	case decorate.OpClose:
		if len(f.Payload) >= 2 {
			return fmt.Sprintf("close frame, code %d, reason %q", int(f.Payload[0])<<8|int(f.Payload[1]), f.Payload[2:])
		}
		return "close frame without a code"
	}
	return fmt.Sprintf("frame of opcode %d, %d bytes", f.Op(), f.Size)
}

// socket is the end of a socket as evidence: the last frames, and how it ended.
func (j *J) socket(k *witness.Socket) []client.Exchange {
	var shown []client.Exchange
	frames := k.Frames
	for _, f := range frames[max(0, len(frames)-before):] {
		shown = append(shown, j.frame(k, f))
	}
	return inTime(append(shown, j.over(k)...))
}

// since is what went over a socket from a ping on, for as long as the answer may take.
func (j *J) since(p proof) []client.Exchange {
	var shown []client.Exchange
	until := p.pinged.Add(j.real(pongLimit))
	for _, f := range p.socket.Frames {
		if !f.At.Before(p.pinged) && f.At.Before(until) && len(shown) < shownMost-1 {
			shown = append(shown, j.frame(p.socket, f))
		}
	}
	if p.socket.Ended.Before(until) {
		shown = append(shown, j.over(p.socket)...)
	}
	return shown
}

// over is the end of a socket as evidence, if it has ended.
func (j *J) over(k *witness.Socket) []client.Exchange {
	if k.Ended.IsZero() {
		return nil
	}
	end := "the gateway ended the connection"
	if k.Left {
		end = "the integration ended the connection"
	}
	return []client.Exchange{j.redacted(k.Ended, client.Exchange{Channel: fmt.Sprintf("ws#%d", k.Number), Error: end})}
}

// around is what a scene's sockets exchanged last, and what was asked by HTTP meanwhile.
func (j *J) around(sc *scene) []client.Exchange {
	var shown []client.Exchange
	for _, k := range sc.sockets {
		shown = append(shown, j.socket(k)...)
	}
	for _, q := range j.requests(sc.from, sc.to) {
		shown = append(shown, j.exchange(q))
	}
	return inTime(shown)
}

// requests are those from one time to another.
func (j *J) requests(from, to time.Time) []*witness.Request {
	var some []*witness.Request
	for _, q := range j.record.Requests {
		if !q.At.Before(from) && (to.IsZero() || q.At.Before(to)) {
			some = append(some, q)
		}
	}
	return some
}

// connections are those from one time to another, as evidence.
func (j *J) connections(from, to time.Time) []client.Exchange {
	var shown []client.Exchange
	for _, k := range j.record.Connections {
		if !k.At.Before(from) && !k.At.After(to) {
			shown = append(shown, j.connection(k))
		}
	}
	return shown
}

// refusals are a scene's refused connections, as evidence.
func (j *J) refusals(sc *scene) []client.Exchange {
	var shown []client.Exchange
	for _, k := range j.record.Connections {
		if k.Refused && !k.At.Before(sc.from) && !k.At.After(sc.to) {
			shown = append(shown, j.connection(k))
		}
	}
	return shown
}

func (j *J) connection(k *witness.Connection) client.Exchange {
	x := client.Exchange{Channel: "tcp", Sent: fmt.Sprintf("a connection from %v to %v", k.From, k.To)}
	if k.Refused {
		x.Error = "reset: there is no gateway"
	}
	return j.redacted(k.At, x)
}

// malformed is a broken request as evidence.
func (j *J) malformed(m witness.Malformed) client.Exchange {
	return j.redacted(m.At, client.Exchange{Channel: "tcp", Sent: fmt.Sprintf("%.*q", shownBytes, m.Bytes)})
}

func (j *J) question(q *witness.Question) client.Exchange {
	return j.redacted(q.At, client.Exchange{Channel: "mdns", Sent: fmt.Sprintf("%s? %s from %v", dns.TypeToString[q.Type], q.Name, q.From)})
}

// redacted is an exchange without secrets, and with its time on the gateway's clock, as all
// times of a finding are.
func (j *J) redacted(at time.Time, x client.Exchange) client.Exchange {
	x = j.env.Transcript().Scope().Record(at, x)
	x.At, x.Took = j.env.Protocol(x.At), j.env.Protocol(x.Took)
	return x
}

// inTime puts exchanges in order.
func inTime(all []client.Exchange) []client.Exchange {
	slices.SortStableFunc(all, func(a, b client.Exchange) int { return cmp.Compare(a.At, b.At) })
	return all
}
