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
	"time"

	"ttcheck/protocol"
)

// maxBody bounds a response body: more is an error, not memory.
const maxBody = 8 << 20

var errBodyTooLarge = fmt.Errorf("the body of the answer is larger than %d bytes", maxBody)

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

// Do sends a request, once, over a connection of its own, and reads the whole
// answer. It always returns a response; a failure to get an answer is in its Err.
func (c *Client) Do(ctx context.Context, req Request) *Response {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	out, err := c.encode(req)
	if err != nil {
		now := time.Now()
		return &Response{Err: err, Sent: now, Received: now}
	}
	res := &Response{Sent: time.Now(), secrets: c.transcript.run.secrets}
	if err := c.roundTrip(ctx, res, out); err != nil {
		res.Err = c.reason(out.method, err)
	}
	res.Received = time.Now()
	res.Exchange = c.transcript.Record(res.Sent, Exchange{
		Took: res.Took(), Channel: "http",
		Sent:     dumpRequest(out.method, out.target.RequestURI(), out.header, out.body),
		Received: dumpResponse(res.Status, res.Header, res.Body),
		Error:    errorText(res.Err),
	})
	return res
}

// outgoing is a request as it goes out.
type outgoing struct {
	method string
	target url.URL
	header http.Header
	body   []byte
}

func (c *Client) encode(req Request) (outgoing, error) {
	out := outgoing{
		method: req.Method,
		target: url.URL{Scheme: "http", Host: c.Address(), Path: req.Path, RawQuery: req.Query.Encode()},
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

func (c *Client) roundTrip(ctx context.Context, res *Response, out outgoing) error {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { res.LocalIP = localIP(info.Conn) },
	})
	r, err := http.NewRequestWithContext(ctx, out.method, out.target.String(), bytes.NewReader(out.body))
	if err != nil {
		return err
	}
	r.Header = out.header
	answer, err := c.transport.RoundTrip(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	res.Status, res.Header = answer.StatusCode, answer.Header
	if answer.StatusCode == http.StatusSwitchingProtocols {
		return nil // what follows is no body
	}
	return readBody(res, answer.Body)
}

// readBody reads all of a body into res, within bounds.
func readBody(res *Response, body io.Reader) (err error) {
	res.Body, err = io.ReadAll(io.LimitReader(body, maxBody+1))
	switch {
	case err != nil:
		return fmt.Errorf("read the body: %w", err)
	case len(res.Body) > maxBody:
		res.Body = res.Body[:maxBody]
		return errBodyTooLarge
	}
	return nil
}

func localIP(conn net.Conn) net.IP {
	if addr, ok := conn.LocalAddr().(*net.TCPAddr); ok {
		return addr.IP
	}
	return nil
}
