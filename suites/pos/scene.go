package pos

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"ttcheck/fixtures/decorate"
	"ttcheck/fixtures/witness"
)

// scene is one thing that happened to the integration, and what came of it.
type scene struct {
	from, to time.Time
	// missing is why it could not be shown; empty if it was.
	missing string
	// died is how the integration ended by itself meanwhile; empty if it did not.
	died string
	// sockets are those that it was about: open and served when it began.
	sockets []*witness.Socket
	// proofs tell, of each of them, whether it lived on.
	proofs []proof
	// back is the first socket that was served after it; nil if there was none.
	back *witness.Socket
	// restarted tells that the integration had to be restarted for it.
	restarted bool
	// polled is when the integration asked for a token during it; zero if it did not.
	polled time.Time
	// forced tells that it took force to stop it.
	forced bool
	// token is the one that it was about.
	token string
	// gateway is where the gateway was, HOST:PORT.
	gateway string
}

// proof tells whether a socket is alive: it was pinged, and watched for a moment.
type proof struct {
	socket  *witness.Socket
	pinged  time.Time
	payload string
	pong    time.Time // zero if none came
	ended   bool      // the socket did
}

const (
	// pongLimit is how long an answer to a ping may take, and watchSpan how long a socket is
	// watched after it, in protocol time.
	pongLimit, watchSpan = 10 * time.Second, 3 * time.Second
	// connectTries is how often an integration is waited for that does not stay.
	connectTries = 3
	// closeLimit is how long the answer to a close frame may take.
	closeLimit = 5 * time.Second
)

// play plays a scene: with the integration connected, or else it is missing.
func (s *site) play(name string, act func(*scene)) {
	sc := &scene{from: time.Now(), gateway: s.watch.Addr()}
	s.scenes[name] = sc
	// A connection may end between the look at it and the scene.
	for range connectTries {
		if sc.missing = s.connect(); sc.missing != "" {
			return
		}
		s.watch.Look(func(r *witness.Record) { sc.sockets = served(r) })
		if len(sc.sockets) > 0 {
			s.perform(name, sc, act)
			return
		}
	}
	sc.missing = "the integration does not stay connected"
}

// perform plays a scene as things are.
func (s *site) perform(name string, sc *scene, act func(*scene)) {
	s.scenes[name] = sc
	sc.from = time.Now()
	if sc.gateway == "" {
		sc.gateway = s.watch.Addr()
	}
	act(sc)
	if sc.to.IsZero() {
		sc.to = time.Now()
	}
	if s.ended() {
		sc.died = s.crashed(name)
		s.restUntilClosed(sc)
	}
	if s.Err() != nil && sc.missing == "" {
		sc.missing = "the run ended during it"
	}
}

// crashed notes that the integration ended by itself during something, and tells how.
func (s *site) crashed(during string) string {
	s.running = false
	how := cmp.Or(lastWords(s.env.Secrets().Redact(s.program.Exit())), "nobody knows how")
	k := crash{at: time.Now(), what: during}
	if coded, ok := s.program.(interface{ ExitCode() int }); ok {
		if k.code = coded.ExitCode(); k.code == 0 {
			how += "; a command must stay in the foreground for as long as the integration runs"
		}
	}
	k.how = how
	s.crashes = append(s.crashes, k)
	return how
}

// lastWords shortens how an integration ended, and what it wrote last, to the end of that.
func lastWords(exit string) string {
	const most = 300
	exit = strings.TrimSpace(exit)
	head, said, _ := strings.Cut(exit, "\n")
	said = strings.Join(strings.Fields(said), " ")
	if len(said) > most {
		said = "… " + strings.ToValidUTF8(said[len(said)-most:], "")
	}
	return strings.TrimSpace(head + " " + said)
}

// prove watches the scene's sockets for a moment, and then pings each.
func (s *site) prove(sc *scene) {
	s.rest(watchSpan) // what it is to live through is on its way: a ping would overtake it
	for _, k := range sc.sockets {
		sc.proofs = append(sc.proofs, s.ping(k, fmt.Sprintf("ttcheck-%d", len(sc.proofs)+1)))
	}
	if !s.alive() {
		s.restUntilClosed(sc)
	}
	s.watch.Look(func(*witness.Record) {
		for i := range sc.proofs {
			k := sc.proofs[i].socket
			sc.proofs[i].ended = !k.Ended.IsZero() || goodbye(k) != nil
		}
	})
}

// ping pings a socket and waits for the answer.
func (s *site) ping(k *witness.Socket, payload string) proof {
	p := proof{socket: k, payload: payload, pinged: time.Now()}
	s.watch.Send(k.Number, decorate.NewFrame(decorate.OpPing, []byte(payload)))
	s.await("the answer to a ping", pongLimit, func(*witness.Record) bool {
		p.pong = pongOf(k, p.pinged, payload)
		return !p.pong.IsZero() || !k.Ended.IsZero()
	})
	return p
}

// pongOf is when a socket answered a ping with that payload; zero if it did not.
func pongOf(k *witness.Socket, after time.Time, payload string) time.Time {
	for _, f := range k.Frames {
		if !f.FromGateway && f.Op() == decorate.OpPong && !f.At.Before(after) && string(f.Payload) == payload {
			return f.At
		}
	}
	return time.Time{}
}

// reset ends a socket without a word.
func (s *site) reset(k *witness.Socket) { s.watch.Reset(k.Number) }

// bye ends a socket with the close handshake.
func (s *site) bye(k *witness.Socket) {
	s.watch.CloseSocket(k.Number, 1001, "the gateway restarts", s.real(closeLimit))
}

// tokenOf is the token with which a socket was authenticated; empty if none is known.
func tokenOf(k *witness.Socket) string {
	if t, ok := strings.CutPrefix(k.Request.Header.Get("Authorization"), "Bearer "); ok {
		return t
	}
	if said := messages(k); len(said) > 0 {
		return said[0].token()
	}
	return ""
}
