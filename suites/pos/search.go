package pos

import (
	"fmt"
	"net/http"
	"net/netip"

	"github.com/miekg/dns"

	"ttcheck/fixtures/witness"
	"ttcheck/protocol"
)

var searchCases = []Case{
	{ID: "POS-01", Act: Start, Judge: browses},
	{ID: "POS-02", Act: Start, Judge: goesWhereItIs},
	{ID: "POS-03", Act: Start, Judge: asksWhetherOnline},
	{ID: "POS-13", Act: Trouble, Judge: findsItAgain},
}

// browses judges that the integration asked for the service type by multicast DNS.
func browses(j *J) {
	if j.cfg.Link == nil {
		j.NotShown("the integration was told the address: the gateway was not advertised (--discovery off)")
	}
	sc := j.scene(searching)
	if q := j.browsed(j.record); q != nil {
		j.Note("asked for it by multicast DNS, from %v", q.From)
		return
	}
	if j.arrived(j.record) != nil {
		j.NotShown("the integration was told the address: it connected without a question for %s", serviceType)
	}
	j.Wrong("a question for "+serviceType+" by multicast DNS", sc.fate(fmt.Sprintf("none within %s of its start, and no connection", j.cfg.Patience)), j.connections(sc.from, sc.to)...)
}

// serviceType is the name that a browser asks for (RFC 6763 §4.1).
const serviceType = "_tracker-http._tcp.local"

// browsed is the first question for the service type since the integration was started; nil
// if there was none. An operator who is asked to start it may do so a little before.
func (s *site) browsed(r *witness.Record) *witness.Question {
	for _, q := range r.Questions {
		if !q.At.Before(s.began) && (q.Type == dns.TypePTR || q.Type == dns.TypeANY) && dns.CanonicalName(q.Name) == serviceType+"." {
			return q
		}
	}
	return nil
}

// goesWhereItIs judges that the integration went to the gateway's address and port, and to
// none that is built in.
func goesWhereItIs(j *J) {
	sc := j.scene(searching)
	at, err := netip.ParseAddrPort(sc.gateway)
	until := j.scenes[pressing].from // zero if it never got so far
	for _, k := range j.record.Connections {
		if err == nil && k.To.IsValid() && k.Refused && (until.IsZero() || k.At.Before(until)) && k.To != at {
			j.Wrong(fmt.Sprintf("connections to %s, where the gateway is", sc.gateway), fmt.Sprintf("one to %v, where none is", k.To), j.connection(k))
		}
	}
	first := j.arrived(j.record)
	if first == nil {
		j.Wrong("a connection to "+sc.gateway, sc.fate(fmt.Sprintf("none within %s of its start", j.cfg.Patience)))
	}
	j.Note("connected to %s", sc.gateway)
}

// asksWhetherOnline judges that the first request asks whether the gateway is online.
func asksWhetherOnline(j *J) {
	sc := j.scene(searching)
	for _, q := range j.record.Requests {
		if q.Method == http.MethodOptions { // a browser's own question (CORS)
			continue
		}
		if q.Method != http.MethodGet || path(q) != protocol.Base {
			j.Wrong("GET "+protocol.Base+" before any other request", "the first request is "+q.Method+" "+path(q), j.exchange(q))
		}
		j.Note("the first request is GET %s, answered with %d", protocol.Base, q.Status)
		return
	}
	j.Wrong("GET "+protocol.Base, sc.fate("no request at all"))
}

// findsItAgain judges that the integration connected to the gateway at its new address.
func findsItAgain(j *J) {
	if j.cfg.Link == nil {
		j.NotShown("a gateway that is not advertised cannot be found elsewhere (--discovery off)")
	}
	if j.browsed(j.record) == nil {
		j.NotShown("the integration was told the address: it never searched")
	}
	sc := j.scene(moving)
	if sc.back != nil {
		j.Note("connected to %s %s after the gateway was back; it was at %s before", sc.gateway, j.protocol(sc.back.Opened.Sub(sc.from)), j.scene(absence).gateway)
		return
	}
	proof := j.around(sc)
	for _, q := range j.record.Questions {
		if q.At.After(sc.from) && q.At.Before(sc.to) {
			proof = append(proof, j.question(q))
		}
	}
	j.Wrong(fmt.Sprintf("a connection to %s, where the gateway was back, within %s", sc.gateway, j.cfg.Patience), sc.fate("none"), inTime(proof)...)
}
