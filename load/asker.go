package load

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"ttcheck/protocol"
)

const (
	// answerWithin is how long an HTTP request may take.
	answerWithin = 30 * time.Second
	// maxAnswer bounds how much of an answer is read: a page of the history is below.
	maxAnswer = 128 << 10
	// maxList bounds how much is read of a list of all active orders.
	maxList = 8 << 20
	// keptConnections is how many connections are kept for later requests, as a POS does.
	keptConnections = 64
)

// asker sends the HTTP requests of a run. Unlike the clients of a conformance run it keeps
// connections, as a POS does; it is the rate that counts here.
type asker struct {
	address   string
	token     string
	transport *http.Transport
}

// question is one request.
type question struct {
	method string
	path   string        // with its query
	body   any           // encoded as JSON, unless it is nil
	secure bool          // with the token
	within time.Duration // zero for answerWithin
	most   int64         // bytes of the answer that are read; zero for maxAnswer
}

// answer is what came of it.
type answer struct {
	status int
	code   protocol.ReturnCode // of an answer with a body, where it has one
	body   []byte
	err    error
}

// ok tells whether the request was obeyed.
func (a answer) ok() bool { return a.err == nil && a.status/100 == 2 }

// gone tells whether an order that was to be cleared is active no more.
func (a answer) gone() bool { return a.ok() || a.err == nil && a.status == http.StatusNotFound }

// refused tells whether a request did nothing for certain: it was answered by a refusal, or
// there was nobody to take it.
func (a answer) refused() bool {
	return a.err == nil && !a.ok() || errors.Is(a.err, syscall.ECONNREFUSED)
}

// String is the answer in words that many share: the status, with the returnCode of one
// that refuses.
func (a answer) String() string {
	switch {
	case a.err != nil:
		return reason(a.err)
	case !a.ok() && a.code != 0:
		return strconv.Itoa(a.status) + " (" + strconv.Itoa(int(a.code)) + ")"
	}
	return strconv.Itoa(a.status)
}

func newAsker(cfg Config) *asker {
	a := &asker{address: cfg.Address, token: cfg.Token}
	dial := func(ctx context.Context, _, address string) (net.Conn, error) {
		var source net.IP
		if len(cfg.Sources) > 0 {
			source = cfg.Sources[0]
		}
		if cfg.Dial != nil {
			return cfg.Dial(ctx, source, address)
		}
		dialer := net.Dialer{Timeout: dialWithin}
		if source != nil {
			dialer.LocalAddr = &net.TCPAddr{IP: source}
		}
		return dialer.DialContext(ctx, "tcp", address)
	}
	a.transport = &http.Transport{
		DialContext: dial, DisableCompression: true,
		MaxIdleConns: keptConnections, MaxIdleConnsPerHost: keptConnections,
		IdleConnTimeout: 5 * time.Second, MaxResponseHeaderBytes: 64 << 10,
	}
	return a
}

func (a *asker) close() { a.transport.CloseIdleConnections() }

// ask sends a request and reads the answer.
func (a *asker) ask(ctx context.Context, q question) answer {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(q.within, answerWithin))
	defer cancel()
	var body io.Reader
	if q.body != nil {
		encoded, err := json.Marshal(q.body)
		if err != nil {
			return answer{err: err}
		}
		body = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(ctx, q.method, "http://"+a.address+q.path, body)
	if err != nil {
		return answer{err: err}
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if q.secure {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	res, err := a.transport.RoundTrip(req)
	if err != nil {
		return answer{err: err}
	}
	defer res.Body.Close()
	out := answer{status: res.StatusCode}
	if out.body, err = io.ReadAll(io.LimitReader(res.Body, cmp.Or(q.most, maxAnswer))); err != nil {
		return answer{err: err}
	}
	return out.coded()
}

// coded looks up the returnCode.
func (a answer) coded() answer {
	if object, err := protocol.ParseObject(a.body); err == nil {
		if code, err := object.Int("returnCode"); err == nil {
			a.code = protocol.ReturnCode(code)
		}
	}
	return a
}
