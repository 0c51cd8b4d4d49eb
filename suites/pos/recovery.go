package pos

import (
	"fmt"
	"slices"
	"time"

	"ttcheck/client"
	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/witness"
	"ttcheck/protocol"
)

const (
	// together is how close connections are that belong to one attempt, in protocol time.
	together = 250 * time.Millisecond
	// More than floodMost connections, or requests, within floodWindow are a flood.
	floodMost, floodWindow = 20, 10 * time.Second
	// longWait is a wait between attempts that need not grow.
	longWait = 10 * time.Second
	// growth is by how much the later waits have to exceed the first, jitter considered.
	growth = 1.5
	// firstWaits is how many waits are the first.
	firstWaits = 3
)

var recoveryCases = []Case{
	{ID: "POS-11", Name: "after a close frame", Act: Trouble, Judge: func(j *J) { j.cameBack(closing) }},
	{ID: "POS-11", Name: "after a normal closure", Act: Trouble, Judge: func(j *J) { j.cameBack(closingNormally) }},
	{ID: "POS-11", Name: "after a break", Act: Trouble, Judge: func(j *J) { j.cameBack(dropping) }},
	{ID: "POS-11", Name: "after a silence", Act: Trouble, Judge: returnsAfter(silence)},
	{ID: "POS-11", Name: "after an absence", Act: Trouble, Judge: returnsAfter(returning)},
	{ID: "POS-12", Act: Trouble, Judge: waitsLonger},
	{ID: "POS-20", Name: "silent", Act: Trouble, Judge: noticesSilence},
	{ID: "POS-20", Name: "gone", Act: Trouble, Judge: floodsNoAbsentee},
}

// cameBack judges whether the integration connected again by itself.
func (j *J) cameBack(name string) {
	sc := j.scene(name)
	if sc.back != nil && !sc.restarted {
		j.Note("connected again after %s", j.protocol(sc.back.Opened.Sub(ended(sc))))
		return
	}
	j.Wrong(fmt.Sprintf("a new connection within %s of the end of the old one", j.cfg.Patience), sc.fate("it did not connect again"), j.around(sc)...)
}

// returnsAfter judges whether an integration that comes back from lesser trouble comes back
// from a greater one.
func returnsAfter(name string) func(*J) {
	return func(j *J) {
		if sc := j.scenes[moving]; name == returning && sc != nil {
			switch {
			case sc.missing != "":
				j.NotShown("%s", sc.missing)
			case sc.back == nil:
				j.NotShown("the gateway was back elsewhere, where the integration did not find it (POS-13)")
			}
			j.Note("connected again, elsewhere")
			return
		}
		sc := j.scene(name)
		if !j.returned {
			j.NotShown("the integration does not come back by itself")
		}
		if sc.back == nil {
			j.Wrong(fmt.Sprintf("a new connection within %s of the gateway's return", j.cfg.Patience), sc.fate("it did not connect again"), j.after(sc)...)
		}
		j.Note("connected again")
	}
}

// ended is when the first of a scene's sockets was over, or the scene began.
func ended(sc *scene) time.Time {
	for _, k := range sc.sockets {
		if !k.Ended.IsZero() {
			return k.Ended
		}
	}
	return sc.from
}

// waitsLonger judges the waits between attempts to reach a gateway that is gone.
func waitsLonger(j *J) {
	sc := j.scene(absence)
	j.noFlood(sc)
	tries := attempts(j.record, sc, j.Real(together))
	if len(tries) < 3 {
		j.few(tries)
		return
	}
	waits := make([]time.Duration, 0, len(tries))
	for i := range tries[1:] {
		waits = append(waits, j.Protocol(tries[i+1].Sub(tries[i])))
	}
	if slices.Min(waits) >= longWait || grow(waits) {
		j.Note("%d attempts while the gateway was gone; the waits between them: %s", len(tries), shownAll(waits))
		return
	}
	j.Wrong("waits that grow from attempt to attempt", fmt.Sprintf("%d attempts, with waits of %s between them", len(tries), shownAll(waits)), j.refusals(sc)...)
}

// grow tells whether waits grow: from the median of the first few to that of the later half,
// so that no single one decides.
func grow(waits []time.Duration) bool {
	n := min(firstWaits, max(1, len(waits)/2))
	return float64(median(waits[len(waits)/2:])) >= growth*float64(median(waits[:n]))
}

func median(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// few is about fewer attempts than tell a wait from the next.
func (j *J) few(tries []time.Time) {
	switch {
	case len(tries) > 0:
		j.Note("only %d attempts while the gateway was gone: its waits are long", len(tries))
	case j.scene(dropping).back == nil:
		j.NotShown("the integration does not connect again, so there are no attempts")
	default:
		j.Note("no attempt while the gateway was gone: it waited for the search to find it")
	}
}

// attempts are when an integration tried to reach a gateway that was gone; what came close
// together is one attempt.
func attempts(r *witness.Record, sc *scene, together time.Duration) []time.Time {
	var starts []time.Time
	var last time.Time
	for _, k := range r.Connections {
		if !k.Refused || k.At.Before(sc.from) || (!sc.to.IsZero() && k.At.After(sc.to)) {
			continue
		}
		if last.IsZero() || k.At.Sub(last) > together {
			starts = append(starts, k.At)
		}
		last = k.At
	}
	return starts
}

// noFlood judges that a gateway in trouble is not flooded.
func (j *J) noFlood(sc *scene) {
	var connections, requests []time.Time
	for _, k := range j.record.Connections {
		connections = append(connections, k.At)
	}
	for _, q := range j.record.Requests {
		requests = append(requests, q.At)
	}
	most := floodMost * max(1, len(sc.sockets)) // each of its screens may try
	j.atMost(most, "connections", connections, sc, j.connections)
	j.atMost(most, "requests", requests, sc, func(from, to time.Time) []client.Exchange { // of which a connection may carry many
		return j.exchanges(j.requests(from, to)...)
	})
}

// floodsNoAbsentee judges that a gateway that is gone is not flooded.
func floodsNoAbsentee(j *J) {
	sc := j.scene(absence)
	j.noFlood(sc)
	j.Note("%d connections while the gateway was gone for %s", len(j.connections(sc.from, sc.to)), j.protocol(sc.to.Sub(sc.from)))
}

// atMost judges how many of something there were in a scene within a short time. Evidence are
// those of that time.
func (j *J) atMost(most int, what string, at []time.Time, sc *scene, evidence func(from, to time.Time) []client.Exchange) {
	at = slices.DeleteFunc(at, func(t time.Time) bool { return t.Before(sc.from) || t.After(sc.to) })
	slices.SortFunc(at, time.Time.Compare)
	window := j.Real(floodWindow)
	for i := most; i < len(at); i++ {
		if span := at[i].Sub(at[i-most]); span < window {
			j.Wrong(fmt.Sprintf("at most %d %s in any %s", most, what, floodWindow),
				fmt.Sprintf("%d in all, %d of them within %s", len(at), most+1, j.protocol(span)), evidence(at[i-most], at[i])...)
		}
	}
}

// noticesSilence judges whether an integration shows that it noticed a gateway that takes
// everything and answers nothing.
func noticesSilence(j *J) {
	sc := j.scene(silence)
	j.noFlood(sc)
	if at := noticed(j.record, sc); !at.IsZero() {
		j.Note("noticed after %s of silence", j.protocol(at.Sub(sc.from)))
		return
	}
	expected := fmt.Sprintf("a sign within %s that it noticed: it gives the connection up, opens another, or asks whether the gateway is online", j.cfg.Patience)
	actual := "nothing of that"
	if pings := pingsSince(sc); pings > 0 {
		actual = fmt.Sprintf("%d pings that nobody answered, and the connection was kept", pings)
	}
	j.Wrong(expected, sc.fate(actual), j.around(sc)...)
}

// noticed is when an integration first showed that it noticed the silence; zero if it did
// not.
func noticed(r *witness.Record, sc *scene) time.Time {
	var first time.Time
	sign := func(at time.Time) {
		if at.After(sc.from) && (sc.to.IsZero() || at.Before(sc.to)) && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	for _, q := range r.Requests {
		// What is asked for its own sake, such as the history, is no sign.
		if path(q) == protocol.Base || path(q) == protocol.PathWebSocket {
			sign(q.At)
		}
	}
	for _, k := range sc.sockets {
		if k.Left {
			sign(k.Ended)
		}
		if f := goodbye(k); f != nil {
			sign(f.At)
		}
	}
	return first
}

// pingsSince counts the pings that an integration sent during a scene.
func pingsSince(sc *scene) (n int) {
	for _, k := range sc.sockets {
		for _, f := range k.Frames {
			if !f.FromGateway && f.Op() == decorate.OpPing && f.At.After(sc.from) {
				n++
			}
		}
	}
	return n
}
