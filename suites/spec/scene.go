package spec

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
)

// Scene is where a case or a probe acts: a context, the run's environment, and a
// client with a transcript of its own. What it opens and makes is closed and
// cleared again by CleanUp.
type Scene struct {
	context.Context //nolint:containedctx // a scene lives as long as its context
	*Env
	Client *client.Client

	lane    string // the lane that the scene holds
	undo    []func()
	trouble *trouble // shared with its branches
}

// Scene returns a scene that lasts as long as ctx.
func (e *Env) Scene(ctx context.Context) *Scene {
	return &Scene{Context: ctx, Env: e, Client: e.client.Recording(e.client.Transcript().Scope()), trouble: &trouble{}}
}

// Branch returns a scene of its own that records into the same transcript, for
// one goroutine of several. Whoever branches has it cleaned up.
func (s *Scene) Branch() *Scene {
	return &Scene{Context: s.Context, Env: s.Env, Client: s.Client, lane: s.lane, trouble: s.trouble}
}

// Later has f done at the end of the scene; the last one first.
func (s *Scene) Later(f func()) { s.undo = append(s.undo, f) }

// CleanUp undoes what the scene did, all of it even if one step panics.
func (s *Scene) CleanUp() {
	if len(s.undo) == 0 {
		return
	}
	last := s.undo[len(s.undo)-1]
	s.undo = s.undo[:len(s.undo)-1]
	defer s.CleanUp()
	last()
}

// Another returns a client with connections of its own that records into the
// same transcript; it must be closed.
func (s *Scene) Another() *client.Client {
	reach := s.reach
	reach.Address = s.Client.Address()
	return client.New(reach).Recording(s.Client.Transcript())
}

// Do sends a request as it is: without credentials unless it has some. One that
// may change something is not cut off when the scene ends: what came of it must be
// known, to undo it.
func (s *Scene) Do(req client.Request) *client.Response {
	ctx := context.Context(s)
	if req.Method != "" && req.Method != http.MethodGet {
		ctx = context.WithoutCancel(s)
	}
	return s.ask(ctx, req)
}

func (s *Scene) ask(ctx context.Context, req client.Request) *client.Response {
	res := s.Client.Do(ctx, req)
	s.trouble.note(localTrouble(res))
	return res
}

// Get asks for a path under the run's token.
func (s *Scene) Get(path string, query ...url.Values) *client.Response {
	req := client.Request{Path: path, Token: s.Token()}
	if len(query) > 0 {
		req.Query = query[0]
	}
	return s.Do(req)
}

// Post sends a JSON body under the run's token.
func (s *Scene) Post(path string, body any) *client.Response {
	return s.Do(client.Request{Method: http.MethodPost, Path: path, JSON: body, Token: s.Token()})
}

// Delete sends a DELETE under the run's token.
func (s *Scene) Delete(path string) *client.Response {
	return s.Do(client.Request{Method: http.MethodDelete, Path: path, Token: s.Token()})
}

// Open opens a WebSocket with the given header and nothing else. The socket is
// nil if the gateway refused the handshake.
func (s *Scene) Open(header http.Header) (*client.Socket, *client.Response) {
	socket, res := s.Client.Dial(s, header)
	s.trouble.note(localTrouble(res))
	if socket != nil {
		s.Later(socket.Close)
	}
	return socket, res
}

// Within returns a context of the scene that ends after the real time d. The
// returned function frees it.
func (s *Scene) Within(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(s, d)
}

// Until waits until a time, or returns the reason why the scene ended first.
func (s *Scene) Until(at time.Time) error {
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-s.Done():
		return context.Cause(s)
	case <-timer.C:
		return context.Cause(s)
	}
}

// Tick waits until the gateway's clock, which counts whole seconds, has gone on
// by at least the given number of them.
func (s *Scene) Tick(seconds int) error {
	return s.Until(time.Now().Add(s.Real(time.Duration(seconds)*time.Second) + 20*time.Millisecond))
}

// GenerateToken asks for a token as an integrator does after a press of the
// button; under a name if it is not empty. A token that comes is the run's own.
func (s *Scene) GenerateToken(name string) (*client.Response, protocol.Object) {
	return s.issue(client.Request{Path: protocol.PathGenerate}, name)
}

// FurtherToken asks for a token under another one. Like GenerateToken it may close
// a window that is open: only who holds ButtonLane may ask.
func (s *Scene) FurtherToken(under, name string) (*client.Response, protocol.Object) {
	return s.issue(client.Request{Method: http.MethodPost, Path: protocol.PathGenerate, Token: under}, name)
}

func (s *Scene) issue(req client.Request, name string) (*client.Response, protocol.Object) {
	if s.lane != ButtonLane {
		panic(fmt.Sprintf("a token is asked for outside the lane of %s: it could close a window that another is watching", ButtonLane))
	}
	if name != "" {
		req.Query = url.Values{"name": {name}}
	}
	res := s.ask(context.WithoutCancel(s), req) // a token must not be lost on its way
	o, err := res.Object()
	if err != nil {
		return res, nil
	}
	token, err := o.Object("token")
	if err != nil {
		return res, nil
	}
	if secret, err := token.String("token"); err == nil && secret != "" {
		s.OwnToken(secret)
	}
	return res, token
}

// Revoke revokes a token of the run's own.
func (s *Scene) Revoke(token string) *client.Response {
	return s.Do(client.Request{Method: http.MethodDelete, Path: protocol.PathToken, Token: token})
}

// afterwards returns a context for cleaning up, which outlives the scene's own.
func (s *Scene) afterwards() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(s), 5*time.Second)
}
