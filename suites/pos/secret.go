package pos

import (
	"net/url"
	"regexp"
	"slices"

	"ttcheck/fixtures/witness"
	"ttcheck/protocol"
)

var secretCases = []Case{
	{ID: "POS-08", Name: "in the header", Judge: presentsAsBearer},
	{ID: "POS-08", Name: "not in a URL", Judge: keepsOutOfURLs},
}

// bearer is the one form of the header (RFC 6750 §2.1), with the scheme as documented (R).
var bearer = regexp.MustCompile(`^Bearer [A-Za-z0-9._~+/-]+=*$`)

// presentsAsBearer judges the Authorization header of every secured request.
func presentsAsBearer(j *J) {
	some := 0
	for _, q := range j.record.Requests {
		header := q.Header.Values("Authorization")
		if path(q) == protocol.PathWebSocket && len(header) == 0 || !secured(q) {
			continue
		}
		some++
		switch {
		case len(header) == 0:
			j.Wrong("an Authorization header on a secured request", "none", j.exchange(q))
		case len(header) > 1:
			j.Wrong("one Authorization header", "several", j.exchange(q))
		case !bearer.MatchString(header[0]):
			j.Wrong("Authorization: Bearer and the token", "a header of another form", j.exchange(q))
		}
	}
	if some == 0 {
		j.NotShown("the integration made no secured request")
	}
	j.Note("%d requests with a token", some)
}

// secured tells whether a request is for something that needs a token. The WebSocket is
// among it: if a token is in its handshake, it has to be in the same form.
func secured(q *witness.Request) bool {
	p := path(q)
	return p == protocol.PathWebSocket || slices.ContainsFunc(protocol.Secured, func(e protocol.Endpoint) bool {
		return e.Method == q.Method && fits(e.Path, p)
	})
}

// keepsOutOfURLs judges that no token is in any request target, however it is escaped there.
func keepsOutOfURLs(j *J) {
	if len(j.record.Requests) == 0 {
		j.NotShown("the integration made no request")
	}
	for _, q := range j.record.Requests {
		texts := []string{q.Target}
		if plain, err := url.QueryUnescape(q.Target); err == nil {
			texts = append(texts, plain)
		}
		for _, text := range texts {
			if _, found := j.Secrets().Reveals(text); found {
				j.Wrong("no token in a URL, where logs and proxies see it", "a token in the target of "+q.Method+" "+protocol.Base+"…", j.exchange(q))
			}
		}
	}
	j.Note("none in %d request targets", len(j.record.Requests))
}
