package pos

import (
	"fmt"

	"ttcheck/client"
)

var survivalCases = []Case{
	{ID: "POS-16", Name: "events of every kind", Act: Work, Judge: func(j *J) { j.livesThrough(ordinary) }},
	{ID: "POS-16", Name: "unknown types", Act: Work, Judge: func(j *J) { j.livesThrough(novelties) }},
	{ID: "POS-16", Name: "extra members", Act: Work, Judge: func(j *J) { j.livesThrough(extras) }},
	{ID: "POS-17", Name: "500 orders", Act: Work, Judge: func(j *J) { j.takes(crowded) }},
	{ID: "POS-17", Name: "fragments", Act: Work, Judge: func(j *J) { j.takes(fragmented) }},
	{ID: "POS-18", Act: Trouble, Judge: copesWithContradiction},
	{ID: "POS-22", Act: Trouble, Judge: takesAnError},
	{ID: "POS-23", Name: "half a second", Act: Work, Judge: func(j *J) { j.takes(halfSecond) }},
	{ID: "POS-23", Name: "five seconds", Act: Work, Judge: func(j *J) { j.takes(fiveSecond) }},
}

// livesThrough judges that the sockets of a scene are alive after it: not ended, and pings
// are answered.
func (j *J) livesThrough(name string) {
	sc := j.scene(name)
	for _, p := range sc.proofs {
		switch {
		case p.ended:
			j.Wrong("a WebSocket that stays open", sc.fate("the integration ended it"), j.socket(p.socket)...)
		case p.pong.IsZero() && !j.deaf:
			j.Wrong("an integration that goes on to answer pings", sc.fate(fmt.Sprintf("no answer within %s", pongLimit)), j.since(p)...)
		}
	}
	if len(sc.proofs) == 0 {
		j.NotShown("there was no WebSocket to watch")
	}
	j.Note("stayed connected through %s", name)
}

// takes judges that the integration connects in a scene that makes it do so, and lives on.
func (j *J) takes(name string) {
	sc := j.scene(name)
	if sc.back == nil || sc.restarted && j.returned {
		if sc.died == "" && j.homebody && !j.returned {
			j.NotShown("the integration does not connect again by itself")
		}
		j.Wrong(fmt.Sprintf("a connection that is served, within %s", j.cfg.Patience), sc.fate("none"), j.after(sc)...)
	}
	j.livesThrough(name)
}

// after is what was tried in a scene: requests, and the sockets that did not last.
func (j *J) after(sc *scene) (shown []client.Exchange) {
	for _, k := range j.record.Sockets {
		if k.Request.At.After(sc.from) && (sc.to.IsZero() || k.Request.At.Before(sc.to)) {
			shown = append(shown, j.socket(k)...)
		}
	}
	for _, q := range j.requests(sc.from, sc.to) {
		shown = append(shown, j.exchange(q))
	}
	return inTime(shown)
}

// copesWithContradiction judges that an integration takes a snapshot which contradicts what
// it knew. One that had to be restarted knew nothing.
func copesWithContradiction(j *J) {
	sc := j.scene(contradicting)
	if sc.back == nil && sc.died == "" {
		if j.homebody && !j.returned {
			j.NotShown("the integration does not connect again by itself")
		}
		j.Wrong(fmt.Sprintf("a connection that is served, within %s", j.cfg.Patience), "none", j.after(sc)...)
	}
	if sc.back == nil {
		j.Wrong("an integration that lives on", sc.fate(""), j.after(sc)...)
	}
	j.livesThrough(contradicting)
}

// takesAnError judges that an error message on the WebSocket is lived through, be it on the
// same connection or on the next.
func takesAnError(j *J) {
	sc := j.scene(complaining)
	if sc.died != "" || sc.back == nil && endedOne(sc) {
		j.Wrong("an integration that stays connected, or connects again", sc.fate("it ended the connection and did not come back"), j.around(sc)...)
	}
	for _, q := range polls(j.record, sc.from) {
		if q.At.Before(sc.to) {
			j.Wrong("an integration that keeps its token, which the message does not speak of", "it asked for another", j.exchange(q))
		}
	}
	if !endedOne(sc) {
		j.livesThrough(complaining)
		return
	}
	j.Note("it ended the connection, and was back after %s", j.protocol(sc.back.Opened.Sub(sc.from)))
}

// endedOne tells whether a socket of the scene ended.
func endedOne(sc *scene) bool {
	for _, p := range sc.proofs {
		if p.ended {
			return true
		}
	}
	return false
}
