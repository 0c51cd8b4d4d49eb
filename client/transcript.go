package client

import (
	"slices"
	"sync"
	"time"
)

const (
	maxExchanges = 500      // kept per scope, the latest
	maxText      = 16 << 10 // bytes kept of one text
)

// Exchange is one message on the wire, or one pair of request and response, with
// the secrets taken out.
type Exchange struct {
	At       time.Duration // when it began, from the start of the transcript
	Took     time.Duration // how long the answer took; zero where there is no pair
	Channel  string        // the connection, such as "http" or "ws#3"
	Sent     string
	Received string
	Error    string // why there is no answer, or how the connection ended
}

// Transcript records exchanges. A root transcript spans a run; each case
// records into a scope of its own.
type Transcript struct {
	run *run

	mu        sync.Mutex
	exchanges []Exchange
}

// run is what all the scopes of one root share.
type run struct {
	start   time.Time
	secrets *Secrets

	mu        sync.Mutex
	sockets   int
	revealed  []Exchange
	malformed []Exchange
}

// NewTranscript starts a transcript; its times count from now.
func NewTranscript(secrets *Secrets) *Transcript {
	return &Transcript{run: &run{start: time.Now(), secrets: secrets}}
}

// Scope returns an empty transcript that shares the root's clock, secrets and
// collections.
func (t *Transcript) Scope() *Transcript { return &Transcript{run: t.run} }

// Secrets returns what must not be written down.
func (t *Transcript) Secrets() *Secrets { return t.run.secrets }

// Exchanges returns what was recorded in this scope, in the order of recording.
func (t *Transcript) Exchanges() []Exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.exchanges)
}

// Revealed returns the exchanges of the whole run in which the gateway showed a
// token that was known already (TOK-15); at most some hundreds.
func (t *Transcript) Revealed() []Exchange {
	t.run.mu.Lock()
	defer t.run.mu.Unlock()
	return slices.Clone(t.run.revealed)
}

// Malformed returns the WebSocket messages of the whole run that were not one
// JSON object in one text message (WS-12); at most some hundreds.
func (t *Transcript) Malformed() []Exchange {
	t.run.mu.Lock()
	defer t.run.mu.Unlock()
	return slices.Clone(t.run.malformed)
}

// Record writes an exchange down and returns it as written. The texts come as they
// were on the wire; the error may quote it.
func (t *Transcript) Record(at time.Time, x Exchange) Exchange {
	x.At = at.Sub(t.run.start)
	var shown, quoted string
	x.Sent, _ = t.run.secrets.redactHead(x.Sent)
	x.Received, shown = t.run.secrets.redactHead(x.Received)
	x.Error, quoted = t.run.secrets.redactHead(x.Error)
	if shown == "" {
		shown = quoted
	}
	if shown != "" {
		revealed := x
		revealed.Error = "shows the token " + shown + " again"
		t.run.collect(&t.run.revealed, revealed)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.exchanges) == maxExchanges {
		t.exchanges = slices.Delete(t.exchanges, 0, maxExchanges/10)
	}
	t.exchanges = append(t.exchanges, x)
	return x
}

// cleanError returns err with a text that holds no secret: the reason why there
// is no answer may quote what came in its place.
func (t *Transcript) cleanError(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if clean, _ := t.run.secrets.redactHead(text); clean != text {
		return &redactedError{text: clean, cause: err}
	}
	return err
}

// redactedError hides the text of its cause, and nothing else of it.
type redactedError struct {
	text  string
	cause error
}

func (e *redactedError) Error() string { return e.text }
func (e *redactedError) Unwrap() error { return e.cause }

func (r *run) collect(list *[]Exchange, x Exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(*list) < maxExchanges {
		*list = append(*list, x)
	}
}

func (r *run) nextSocket() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sockets++
	return r.sockets
}
