package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"ttcheck/protocol"
)

// maxBody bounds a response body: more is an error, not memory.
const maxBody = 8 << 20

// Request is one HTTP request. The zero value of every field means "without".
type Request struct {
	Method string // GET if empty
	Path   string // not escaped, such as protocol.PathHistory
	Query  url.Values
	Header http.Header
	Token  string // presented as Authorization: Bearer
	JSON   any    // encoded as the body, labelled application/json
	Body   []byte // sent as it is, where JSON is nil
}

// Response is the answer to a request, or the reason for having none.
type Response struct {
	Status   int // 0 if no answer came
	Header   http.Header
	Body     []byte
	Err      error     // why there is no (whole) answer; its text holds no secret
	Sent     time.Time // before the first byte went out
	Received time.Time // after the last byte came in
	LocalIP  net.IP    // the address that the gateway sees, unless something translates it
	Exchange Exchange  // as recorded

	secrets *Secrets
}

// Took is the time from before the first byte out to after the last byte in.
func (r *Response) Took() time.Duration { return r.Received.Sub(r.Sent) }

// Object parses the body as one JSON object.
func (r *Response) Object() (protocol.Object, error) {
	if r.Err != nil {
		return nil, r.Err
	}
	return protocol.ParseObject(r.Body)
}

// String sums the answer up in a line, without a secret.
func (r *Response) String() string {
	if r.Err != nil {
		return fmt.Sprintf("no answer: %v", r.Err)
	}
	text := fmt.Sprintf("HTTP %d", r.Status)
	if o, err := protocol.ParseObject(r.Body); err == nil {
		if code, err := o.Int("returnCode"); err == nil {
			text += fmt.Sprintf(", returnCode %s", protocol.ReturnCode(code))
		}
		if message, err := o.String("message"); err == nil {
			text += fmt.Sprintf(", message %.80q", r.secrets.Redact(message))
		}
	}
	return text
}

// Do sends a request and reads the whole answer. It always returns a response;
// a failure to get an answer is in its Err.
//
// A read may use a connection that an earlier one left open. If the gateway ended
// that connection just then, which HTTP allows (RFC 9112 §9.6), the read goes out
// again on a connection of its own; the transcript shows both. Any other request
// has a connection of its own and goes out once.
func (c *Client) Do(ctx context.Context, req Request) *Response {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	out, err := c.encode(req)
	if err != nil {
		now := time.Now()
		return &Response{Err: err, Sent: now, Received: now}
	}
	if out.isRead() {
		if res, stale := c.send(ctx, c.kept, out); !stale {
			return res
		}
	}
	res, _ := c.send(ctx, c.fresh, out)
	return res
}

// outgoing is a request as it goes out.
type outgoing struct {
	method string
	target url.URL
	header http.Header
	body   []byte
}

// isRead tells whether sending the request twice does no more than sending it
// once. Asking for a token does, for all that it is a GET (Q).
func (o outgoing) isRead() bool {
	return (o.method == http.MethodGet || o.method == http.MethodHead) && o.target.Path != protocol.PathGenerate
}

func (c *Client) encode(req Request) (outgoing, error) {
	out := outgoing{
		method: req.Method,
		target: url.URL{Scheme: "http", Host: c.address, Path: req.Path, RawQuery: req.Query.Encode()},
		header: req.Header.Clone(),
		body:   req.Body,
	}
	if out.method == "" {
		out.method = http.MethodGet
	}
	if out.header == nil {
		out.header = http.Header{}
	}
	if req.JSON != nil {
		encoded, err := json.Marshal(req.JSON)
		if err != nil {
			return outgoing{}, fmt.Errorf("encode the body of %s %s: %w", out.method, req.Path, err)
		}
		out.body = encoded
		if out.header.Get("Content-Type") == "" {
			out.header.Set("Content-Type", "application/json")
		}
	}
	if req.Token != "" {
		out.header.Set("Authorization", "Bearer "+req.Token)
	}
	return out, nil
}

// send makes one exchange of it. It is stale if it had no chance of an answer,
// because the gateway ended a connection that was kept open.
func (c *Client) send(ctx context.Context, transport *http.Transport, out outgoing) (res *Response, stale bool) {
	res = &Response{Sent: time.Now(), secrets: c.transcript.run.secrets}
	stale, err := roundTrip(ctx, transport, res, out)
	res.Received = time.Now()
	if err != nil {
		res.Err = c.reason(out.method, err)
	}
	res.Exchange = c.transcript.record(res.Sent, Exchange{
		Took: res.Took(), Channel: "http",
		Sent:     dumpRequest(out.method, out.target.RequestURI(), out.header, out.body),
		Received: dumpResponse(res.Status, res.Header, res.Body),
		Error:    errorText(res.Err),
	})
	return res, stale
}

func roundTrip(ctx context.Context, transport *http.Transport, res *Response, out outgoing) (stale bool, err error) {
	var reused bool
	var answered atomic.Bool // set by a goroutine of the transport
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			reused = info.Reused
			res.LocalIP = localIP(info.Conn)
		},
		GotFirstResponseByte: func() { answered.Store(true) },
	})
	r, err := http.NewRequestWithContext(ctx, out.method, out.target.String(), out.reader())
	if err != nil {
		return false, err
	}
	r.Header, r.ContentLength = out.header, int64(len(out.body))
	answer, err := transport.RoundTrip(r)
	if err != nil {
		stale = reused && !answered.Load() && ctx.Err() == nil
		if stale {
			err = fmt.Errorf("the connection that was kept open ended without an answer: %w", err)
		}
		return stale, err
	}
	defer answer.Body.Close()
	res.Status, res.Header = answer.StatusCode, answer.Header
	if answer.StatusCode == http.StatusSwitchingProtocols {
		return false, nil // what follows is no body
	}
	return false, readBody(res, answer.Body)
}

// readBody reads all of a body into res, within bounds.
func readBody(res *Response, body io.Reader) (err error) {
	res.Body, err = io.ReadAll(io.LimitReader(body, maxBody+1))
	switch {
	case err != nil:
		return fmt.Errorf("read the body: %w", err)
	case len(res.Body) > maxBody:
		res.Body = res.Body[:maxBody]
		return fmt.Errorf("the body is larger than %d bytes", maxBody)
	}
	return nil
}

// reader returns the body as something that net/http cannot read twice: it would
// send a read again in silence, and a tester must know what it sent.
func (o outgoing) reader() io.Reader {
	if len(o.body) == 0 && !o.isRead() {
		return http.NoBody // an unknown length would be sent in chunks
	}
	return io.NopCloser(bytes.NewReader(o.body))
}

func localIP(conn net.Conn) net.IP {
	if addr, ok := conn.LocalAddr().(*net.TCPAddr); ok {
		return addr.IP
	}
	return nil
}
