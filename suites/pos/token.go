package pos

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"ttcheck/client"
	"ttcheck/fixtures/witness"
	"ttcheck/protocol"
)

const (
	// pollsApart is how far apart polls are to be on average: about a second.
	pollsApart = 800 * time.Millisecond
	// More than burstMost polls within burstWindow are a burst.
	burstMost, burstWindow = 8, 4 * time.Second
	// usesAfterRefusal is how often a token may be tried after it was refused.
	usesAfterRefusal = 3
)

var tokenCases = []Case{
	{ID: "POS-04", Act: Start, Judge: asksAgain},
	{ID: "POS-05", Act: Start, Judge: pollsWithPatience},
	{ID: "POS-06", Judge: stopsAsking},
	{ID: "POS-07", Name: "after a stop", Act: Restart, Judge: func(j *J) { j.kept(restarting) }},
	{ID: "POS-07", Name: "after a crash", Act: Restart, Judge: func(j *J) { j.kept(crashing) }},
	{ID: "POS-14", Act: Trouble, Judge: startsOver},
}

// waiting are the polls of the first start before the button was pressed.
func (j *J) waiting() []*witness.Request {
	return slices.DeleteFunc(polls(j.record, time.Time{}), func(q *witness.Request) bool {
		return q.At.After(j.scenes[polling].to)
	})
}

// asksAgain judges that a token is asked for until there is one.
func asksAgain(j *J) {
	asked := j.waiting()
	fate := func(otherwise string) string { return j.scenes[searching].fate(j.scenes[polling].fate(otherwise)) }
	press := j.scenes[pressing]
	switch {
	case press.back != nil && len(asked) == 0:
		j.NotShown("the integration connected without asking for a token: it had one")
	case len(asked) == 0:
		j.Wrong("GET "+protocol.PathGenerate, fate("it never asked for a token"), j.around(j.scenes[searching])...)
	case len(asked) == 1:
		j.Wrong("another GET "+protocol.PathGenerate+" after the refusal", fate("it asked once and not again"), j.exchanges(asked...)...)
	case press.missing == "" && press.polled.IsZero() && press.back == nil && !slices.ContainsFunc(polls(j.record, time.Time{}), func(q *witness.Request) bool {
		return !q.At.Before(press.from) && !q.At.After(press.to)
	}):
		j.Wrong(fmt.Sprintf("another GET %s within the %s after a press of the button", protocol.PathGenerate, j.Timing.TokenWindow),
			press.fate(fmt.Sprintf("it had stopped asking, after %d times", len(asked))), j.exchanges(asked...)...)
	}
	j.Note("%d polls before the button was pressed, all refused", len(asked))
}

// pollsWithPatience judges how often a token was asked for before the button was pressed.
func pollsWithPatience(j *J) {
	asked := j.waiting()
	if len(asked) < 2 {
		j.NotShown("there were fewer than two polls")
	}
	span := asked[len(asked)-1].At.Sub(asked[0].At)
	mean := j.Protocol(span) / time.Duration(len(asked)-1)
	for i := burstMost; i < len(asked); i++ {
		if span := asked[i].At.Sub(asked[i-burstMost].At); j.Protocol(span) < burstWindow {
			j.tardy(asked[i-burstMost].At, asked[i].At, j.Real(burstWindow)/4)
			j.Wrong("about a second between polls", fmt.Sprintf("%d polls within %s", burstMost+1, j.protocol(span)), j.exchanges(asked[i-burstMost:i-burstMost+4]...)...)
		}
	}
	if mean >= pollsApart {
		j.Note("one poll every %s on average", shown(mean))
		return
	}
	// A harness that was late by a good part of the whole span may have drawn it together.
	j.tardy(asked[0].At, asked[len(asked)-1].At, span/4)
	j.Wrong("about a second between polls", fmt.Sprintf("%d polls within %s: one every %s", len(asked), j.protocol(span), shown(mean)), j.exchanges(asked[:min(len(asked), 4)]...)...)
}

// stopsAsking judges that nothing is asked for while there is a token: from the answer that
// brought it until it is revoked, or the integration stopped.
func stopsAsking(j *J) {
	all := polls(j.record, time.Time{})
	got := slices.IndexFunc(all, func(q *witness.Request) bool { return q.Status == http.StatusCreated })
	if got < 0 {
		j.NotShown("the integration never got a token")
	}
	for i, q := range all {
		if q.Status != http.StatusCreated {
			continue
		}
		until := j.holds(q.Answered)
		for _, later := range all[i+1:] {
			if later.At.After(q.Answered.Add(j.underWay())) && later.At.Before(until) {
				j.Wrong("no further poll once there is a token", fmt.Sprintf("another one %s after the token", j.protocol(later.At.Sub(q.Answered))), j.exchanges(q, later)...)
			}
		}
	}
	for _, k := range j.record.Sockets { // a token that was kept is one, too
		if k.Authenticated.IsZero() {
			continue
		}
		until := j.holds(k.Authenticated)
		if !k.Ended.IsZero() && k.Ended.Before(until) {
			until = k.Ended
		}
		for _, q := range all {
			if q.At.After(k.Authenticated.Add(j.underWay())) && q.At.Before(until) {
				j.Wrong("no poll while a connection is served", fmt.Sprintf("one %s after it was", j.protocol(q.At.Sub(k.Authenticated))), j.exchange(k.Request), j.exchange(q))
			}
		}
	}
	j.Note("%d polls in all, %d of them brought a token", len(all), j.tokens())
}

// tokens counts the tokens that the integration got.
func (j *J) tokens() (n int) {
	for _, q := range polls(j.record, time.Time{}) {
		if q.Status == http.StatusCreated {
			n++
		}
	}
	return n
}

// underWay is how long after an answer a request may still come that was sent before it, in
// real time.
func (j *J) underWay() time.Duration { return j.Real(j.cfg.Grace) }

// holds is until when a token that was got at a time is to be used: until it is revoked or
// the integration was stopped.
func (j *J) holds(from time.Time) time.Time {
	until := time.Now()
	ends := slices.Clone(j.stops)
	for _, k := range j.crashes {
		ends = append(ends, k.at)
	}
	if sc := j.scenes[revoking]; sc != nil && sc.missing == "" {
		ends = append(ends, sc.from)
	}
	for _, at := range ends {
		if !at.Before(from) && at.Before(until) {
			until = at
		}
	}
	return until
}

// kept judges that a restarted integration connects with the token that it had.
func (j *J) kept(name string) {
	sc := j.scene(name)
	switch {
	case !sc.polled.IsZero():
		j.Wrong("the token of before its restart", "it asked for a new one", j.exchanges(pollsOf(j.record, sc)...)...)
	case sc.back == nil:
		j.Wrong(fmt.Sprintf("a connection with the token of before its restart, within %s", j.cfg.Patience), sc.fate("it did not connect"), j.around(sc)...)
	case sc.token != "" && tokenOf(sc.back) != sc.token:
		j.Wrong("the token of before its restart", "another token", j.exchange(sc.back.Request))
	}
	j.Note("connected with the token of before")
}

// pollsOf are the first requests for a token in a scene.
func pollsOf(r *witness.Record, sc *scene) []*witness.Request {
	asked := slices.DeleteFunc(polls(r, sc.from), func(q *witness.Request) bool { return q.At.After(sc.to) })
	return asked[:min(len(asked), before)]
}

// startsOver judges what is done about a token that is refused.
func startsOver(j *J) {
	sc := j.scene(revoking)
	if sc.token == "" {
		j.NotShown("it is not known which token the integration used")
	}
	uses := j.uses(sc.token, sc.from)
	first := slices.IndexFunc(uses, func(u use) bool { return !u.refused.IsZero() })
	if first < 0 {
		if sc.back == nil && sc.polled.IsZero() && !j.returned {
			j.NotShown("the integration did not come back to learn that its token was revoked")
		}
	} else {
		refused := uses[first].refused.Add(j.underWay())
		again := slices.DeleteFunc(uses, func(u use) bool { return u.at.Before(refused) })
		if len(again) > usesAfterRefusal {
			j.Wrong("no use of a token that was refused", fmt.Sprintf("%d more uses of it", len(again)), shownUses(again)...)
		}
	}
	if made := j.madeSince(sc.from); made != nil {
		for _, u := range uses {
			if u.at.After(made.Answered.Add(j.underWay())) {
				j.Wrong("the new token from then on", "the old one was used again "+j.protocol(u.at.Sub(made.Answered))+" after there was a new one", j.exchange(made), u.shown)
			}
		}
	}
	switch {
	case sc.restarted && j.returned:
		j.Wrong(fmt.Sprintf("GET %s within %s", protocol.PathGenerate, j.cfg.Patience), "nothing, until it was restarted", shownUses(uses)...)
	case sc.polled.IsZero():
		j.Wrong(fmt.Sprintf("GET %s within %s", protocol.PathGenerate, j.cfg.Patience), sc.fate("it did not ask for a new token"), append(shownUses(uses), j.around(sc)...)...)
	case sc.back == nil:
		j.Wrong("a connection with the new token", sc.fate("none"), j.around(sc)...)
	}
	j.Note("presented the revoked token %s more, and asked for a new one after %s", times(len(uses)), j.protocol(sc.polled.Sub(sc.from)))
}

// madeSince is the first poll after a time that brought a token; nil if none did.
func (j *J) madeSince(at time.Time) *witness.Request {
	for _, q := range polls(j.record, at) {
		if q.Status == http.StatusCreated {
			return q
		}
	}
	return nil
}

// use is one time that a token was presented.
type use struct {
	at      time.Time
	refused time.Time // when the refusal was out; zero if there was none
	shown   client.Exchange
}

func shownUses(uses []use) []client.Exchange {
	var shown []client.Exchange
	for _, u := range uses {
		shown = append(shown, u.shown)
	}
	return shown
}

// answeredAt is when the gateway said something on a socket, or when it was over; zero
// before.
func answeredAt(k *witness.Socket) time.Time {
	for _, f := range k.Frames {
		if f.FromGateway {
			return f.At
		}
	}
	return k.Ended
}

// uses are the times that a token was presented after a time, by requests and by first
// messages on sockets.
func (j *J) uses(token string, after time.Time) []use {
	var all []use
	for _, q := range j.record.Requests {
		if q.At.After(after) && q.Header.Get("Authorization") == "Bearer "+token {
			u := use{at: q.At, shown: j.exchange(q)}
			if q.Status/100 == 4 {
				u.refused = q.Answered
			}
			all = append(all, u)
		}
	}
	for _, k := range j.record.Sockets {
		said := messages(k)
		if len(said) == 0 || said[0].token() != token || !said[0].at.After(after) {
			continue
		}
		u := use{at: said[0].at, shown: j.redacted(said[0].at, client.Exchange{Channel: fmt.Sprintf("ws#%d", k.Number), Sent: string(said[0].payload)})}
		if k.Authenticated.IsZero() {
			u.refused = answeredAt(k)
		}
		all = append(all, u)
	}
	slices.SortStableFunc(all, func(a, b use) int { return a.at.Compare(b.at) })
	return all
}
