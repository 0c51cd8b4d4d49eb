package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"syscall"
	"time"

	"ttcheck/protocol"
)

const (
	// maxBody bounds a response body: more is an error, not memory.
	maxBody = 8 << 20
	// DefaultTimeout is how long a request may take if nothing else is asked for.
	DefaultTimeout = 10 * time.Second
	// idleTimeout is shorter than any server's keep-alive, so that a request
	// never meets a connection that the gateway is just closing.
	idleTimeout = 2 * time.Second
)

// Options say how to reach a gateway.
type Options struct {
	Address    string // HOST:PORT
	LocalIP    net.IP // source address of every connection; nil for the system's choice
	Transcript *Transcript
	Timeout    time.Duration // of one request; zero is DefaultTimeout
}

// Client speaks to one gateway. It is safe for concurrent use.
type Client struct {
	address    string
	dialer     *net.Dialer
	transport  *http.Transport
	transcript *Transcript
	timeout    time.Duration
}

// New returns a client for the gateway at opts.Address. It connects to nothing yet.
func New(opts Options) *Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if opts.LocalIP != nil {
		dialer.LocalAddr = &net.TCPAddr{IP: opts.LocalIP}
	}
	if opts.Transcript == nil {
		opts.Transcript = NewTranscript(&Secrets{})
	}
	if opts.Timeout == 0 {
		opts.Timeout = DefaultTimeout
	}
	return &Client{
		address: opts.Address,
		dialer:  dialer,
		transport: &http.Transport{
			DialContext:            dialer.DialContext,
			MaxIdleConnsPerHost:    16,
			IdleConnTimeout:        idleTimeout,
			DisableCompression:     true,
			MaxResponseHeaderBytes: 64 << 10,
		},
		transcript: opts.Transcript,
		timeout:    opts.Timeout,
	}
}

// Recording returns a client that shares c's connections and records into t.
func (c *Client) Recording(t *Transcript) *Client {
	scoped := *c
	scoped.transcript = t
	return &scoped
}

// Address returns the gateway's HOST:PORT.
func (c *Client) Address() string { return c.address }

// Transcript returns where the client records.
func (c *Client) Transcript() *Transcript { return c.transcript }

// Close ends idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Request is one HTTP request. The zero value of every field means "without".
type Request struct {
	Method string // GET if empty
	Path   string // as on the wire, such as protocol.PathHistory
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
	Err      error     // why there is no (whole) answer; it holds no secret
	Sent     time.Time // before the first byte went out
	Received time.Time // after the last byte came in
	LocalIP  net.IP    // the address that the gateway sees, unless something translates it
	Exchange Exchange  // as recorded
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
			text += fmt.Sprintf(", message %.80q", message)
		}
	}
	return text
}

// Do sends a request and reads the whole answer. It always returns a response;
// a failure to get an answer is in its Err.
func (c *Client) Do(ctx context.Context, req Request) *Response {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	if req.Method == "" {
		req.Method = http.MethodGet
	}
	header := req.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	body := req.Body
	if req.JSON != nil {
		encoded, err := json.Marshal(req.JSON)
		if err != nil {
			return &Response{Err: fmt.Errorf("encode the body of %s %s: %w", req.Method, req.Path, err)}
		}
		body = encoded
		if header.Get("Content-Type") == "" {
			header.Set("Content-Type", "application/json")
		}
	}
	if req.Token != "" {
		header.Set("Authorization", "Bearer "+req.Token)
	}
	target := url.URL{Scheme: "http", Host: c.address, Path: req.Path, RawQuery: req.Query.Encode()}
	res := &Response{Sent: time.Now()}
	c.roundTrip(ctx, res, req.Method, target.String(), header, body)
	res.Received = time.Now()
	res.Exchange = c.transcript.record(res.Sent, Exchange{
		Took: res.Took(), Channel: "http",
		Sent:     dumpRequest(req.Method, target.RequestURI(), header, body),
		Received: dumpResponse(res.Status, res.Header, res.Body),
		Error:    errorText(res.Err),
	})
	return res
}

func (c *Client) roundTrip(ctx context.Context, res *Response, method, target string, header http.Header, body []byte) {
	r, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		res.Err = c.reason(method, err)
		return
	}
	r.Header = header
	r = r.WithContext(c.noteLocalIP(r.Context(), res))
	answer, err := c.transport.RoundTrip(r)
	if err != nil {
		res.Err = c.reason(method, err)
		return
	}
	defer answer.Body.Close()
	res.Status, res.Header = answer.StatusCode, answer.Header
	res.Body, err = io.ReadAll(io.LimitReader(answer.Body, maxBody+1))
	switch {
	case err != nil:
		res.Err = c.reason(method, fmt.Errorf("read the body: %w", err))
	case len(res.Body) > maxBody:
		res.Body = res.Body[:maxBody]
		res.Err = c.reason(method, fmt.Errorf("the body is larger than %d bytes", maxBody))
	}
}

// reason names what failed without repeating the URL, which may hold a secret.
func (c *Client) reason(method string, err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s to %s: no answer in time: %w", method, c.address, err)
	}
	return fmt.Errorf("%s to %s: %w", method, c.address, err)
}

// IsLocal tells whether err is the tester's own trouble, such as a lack of file
// descriptors or local ports, and so says nothing of the gateway.
func IsLocal(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) ||
		errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.ENOBUFS) || errors.Is(err, syscall.ENOMEM) ||
		errors.Is(err, context.Canceled)
}

func dumpRequest(method, uri string, header http.Header, body []byte) string {
	return dump(method+" "+uri, header, body)
}

func dumpResponse(status int, header http.Header, body []byte) string {
	if status == 0 {
		return ""
	}
	return dump(strings.TrimSpace(fmt.Sprintf("HTTP/1.1 %d %s", status, http.StatusText(status))), header, body)
}

func dump(first string, header http.Header, body []byte) string {
	var b strings.Builder
	b.WriteString(first)
	keys := make([]string, 0, len(header))
	for key := range header {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		for _, value := range header[key] {
			fmt.Fprintf(&b, "\n%s: %s", key, value)
		}
	}
	if len(body) > 0 {
		b.WriteString("\n\n")
		b.Write(body)
	}
	return b.String()
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
