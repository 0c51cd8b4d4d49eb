package robustness

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"

	"github.com/onsi/gomega/types"

	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// Several requests on one connection (RFC 9112 §9.3). A gateway may end a connection
// after any answer; one that comes must be that of the request.

var connectionCases = []spec.Case{
	{ID: "ROB-01", Name: "one connection", Needs: needs, Run: keepsRequestsApart},
}

// request is one of several on a connection, and what its answer must be.
type request struct {
	what   string
	text   string
	answer types.GomegaMatcher
}

// inARow is a request, one that is refused before its body is read, or after, and
// the first again.
func inARow(a address) []request {
	online := request{"GET " + protocol.Base, a.head("GET", protocol.Base) + "\r\n", match.Success()}
	refused := request{
		"POST " + protocol.PathActiveOrders + " without credentials",
		a.head("POST", protocol.PathActiveOrders) + "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{\"a\":[]}\n", match.Refusal(),
	}
	return []request{online, refused, online, online}
}

func keepsRequestsApart(c *spec.C) {
	w := watch(c)
	requests := inARow(address{c.Client.Address(), c.Token()})
	texts := textsOf(requests)
	oneByOne := exchange(c, requests, texts)
	atOnce := exchange(c, requests, []string{strings.Join(texts, "")})
	c.Note("of %d requests on one connection %d were answered one by one, and %d sent at once", len(requests), oneByOne, atOnce)
	w.unharmed("after several requests on one connection")
}

func textsOf(requests []request) []string {
	texts := make([]string, len(requests))
	for i, r := range requests {
		texts[i] = r.text
	}
	return texts
}

// exchange sends the texts, the requests together, and judges the answers until the
// connection ends. It returns how many came. Of requests sent at once, those that
// were not answered may have been overlooked.
func exchange(c *spec.C, requests []request, texts []string) int {
	conn, err := c.Client.Connect(c)
	if err != nil {
		c.Broken("the set-up failed: %v", err)
	}
	defer conn.Close()
	ctx, cancel := c.Within(2 * spec.Patience)
	defer cancel()
	for i, r := range requests {
		if i < len(texts) && conn.Send(ctx, []byte(texts[i])) != nil {
			return i
		}
		answer := conn.Answer(ctx, http.MethodGet)
		overlooked := len(texts) == 1 && errors.Is(answer.Err, context.DeadlineExceeded)
		if answer.Status == 0 && (isOver(answer.Err) || overlooked) {
			return i
		}
		c.Expect(answer, "%s, request %d on a connection,", r.what, i+1).To(r.answer)
	}
	return len(requests)
}

// isOver tells whether an error is that of a connection that the gateway has ended.
func isOver(err error) bool {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}
