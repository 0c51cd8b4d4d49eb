package events

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

const (
	// crowded orders are made by workers side by side, so that the events of
	// different orders mix; alone ones after one another, so that those of one order
	// follow each other closely. At up to five events each these are some 240, under
	// never more than workers names at a time.
	crowded, alone = 40, 8
	workers        = 8
	listeners      = 5
)

// burst is what several connections are told while many orders go through their
// lives as fast as the gateway answers. Sequence breaks under load, not at rest.
var burst = &spec.Probe[record]{
	Name:  "a burst of orders",
	Takes: func(protocol.Timing) time.Duration { return 0 },
	Needs: needOrders,
	Run:   observeBurst,
}

// life is what was done to one order: started, located, paged, moved to another
// table, cleared, each after the one before had been answered.
type life struct {
	name, uuid    string
	first, second string // the locations, a number each, of which the second is the larger
	paged, moved  bool   // whether the gateway obeyed
	asked         requests
	shown         client.Exchange // in which its uuid was read
}

// requests are those that were to change an order, each with its answer.
type requests struct{ start, locate, page, move, clear client.Exchange }

// witness is what one connection brought, after its snapshot.
type witness struct {
	channel string
	all     []client.Message
	told    map[string][]client.Message // the events about each order
	closure *client.Closure             // how the gateway ended the connection, if it did
	latest  []client.Exchange           // the last of what was exchanged on it
}

type record struct {
	lives     []life
	witnesses []witness
}

func observeBurst(s *spec.Scene) (record, error) {
	streams, err := connectAll(s, listeners)
	if err != nil {
		return record{}, err
	}
	lives, err := liveAll(s)
	if err != nil {
		return record{}, err
	}
	if err := settle(s, streams, lives); err != nil {
		return record{}, err
	}
	r := record{lives: lives, witnesses: witnesses(streams)}
	exchanges := s.Client.Transcript().Exchanges()
	for i := range r.witnesses {
		r.witnesses[i].latest = onChannel(exchanges, r.witnesses[i].channel)
	}
	return r, nil
}

// liveAll takes all the orders through their lives.
func liveAll(s *spec.Scene) ([]life, error) {
	var (
		lives  = make([]life, crowded+alone)
		errs   = make([]error, workers)
		unable atomic.Bool // to page
		wait   sync.WaitGroup
	)
	for w := range workers {
		wait.Go(func() {
			for i := w; i < crowded && errs[w] == nil; i += workers {
				lives[i], errs[w] = live(s, i, &unable)
			}
		})
	}
	wait.Wait()
	err := errors.Join(errs...)
	for i := crowded; i < len(lives) && err == nil; i++ {
		lives[i], err = live(s, i, &unable)
	}
	return lives, err
}

// live takes the i-th order through its life.
func live(s *spec.Scene, i int, unable *atomic.Bool) (life, error) {
	name, err := s.Orders.Take()
	if err != nil {
		return life{}, err
	}
	l := life{name: name, first: strconv.Itoa(10 + i), second: strconv.Itoa(60 + i)}
	kind := []protocol.OrderType{protocol.OnPremise, protocol.ToGo}[i%2]
	started := place(s, name, kind, "")
	if err := done(started, "start order "+name); err != nil {
		return l, err
	}
	located := place(s, name, kind, l.first)
	if err := done(located, "locate order "+name); err != nil {
		return l, err
	}
	l.asked.start, l.asked.locate = started.Exchange, located.Exchange
	if l.uuid, l.shown, err = uuidOf(s, name); err != nil {
		return l, err
	}
	if !unable.Load() {
		res, err := tryPage(s, name)
		l.asked.page = res.Exchange
		switch {
		case err == nil:
			l.paged = true
		case errors.Is(err, errNoPaging):
			unable.Store(true)
		default:
			return l, err
		}
	}
	moved := place(s, name, kind, l.second)
	l.moved, l.asked.move = done(moved, "") == nil, moved.Exchange
	l.asked.clear, err = remove(s, name)
	return l, err
}

// settle waits until the streams have told everything: first of a later order,
// behind which nothing is left on a gateway that keeps its sequence, and then, on
// one that keeps it for each order alone, of what is still missing.
func settle(s *spec.Scene, streams []*spec.Stream, lives []life) error {
	told := false
	for i := 0; i < 2 && !told; i++ { // the first such event may be lost
		var err error
		if told, err = awaitMarker(s, streams); err != nil {
			return err
		}
	}
	ctx, cancel := s.Within(spec.Patience)
	defer cancel()
	for _, stream := range streams {
		for had := len(stream.Messages()); nothingLost(record{lives, witnesses(streams)}) != nil; had++ {
			if !another(ctx, stream.Socket, had) {
				break
			}
		}
	}
	return context.Cause(s)
}

// awaitMarker makes an order and tells whether every stream told of it.
func awaitMarker(s *spec.Scene, streams []*spec.Stream) (bool, error) {
	name, err := s.Orders.Take()
	if err != nil {
		return false, err
	}
	if err := done(place(s, name, protocol.ToGo, ""), "start order "+name); err != nil {
		return false, err
	}
	uuid, _, err := uuidOf(s, name)
	if err != nil {
		return false, err
	}
	ctx, cancel := s.Within(spec.Patience)
	defer cancel()
	told := true
	for _, stream := range streams {
		_, _, ok := stream.Await(ctx, 0, func(m client.Message) bool { return m.UUID() == uuid })
		told = told && ok
	}
	_, err = remove(s, name)
	return told, err
}

// witnesses takes down what the streams brought so far.
func witnesses(streams []*spec.Stream) []witness {
	all := make([]witness, len(streams))
	for i, s := range streams {
		messages := s.Messages()
		snapshot := 0
		for !spec.IsSnapshot(messages[snapshot]) {
			snapshot++ // a stream has one
		}
		w := witness{channel: s.Channel(), all: messages[snapshot+1:], told: map[string][]client.Message{}, closure: s.Closure()}
		for _, m := range w.all {
			if tellsOfOrder(m) {
				w.told[m.UUID()] = append(w.told[m.UUID()], m)
			}
		}
		all[i] = w
	}
	return all
}

// each applies a judgement to what each connection was told of each order. It
// returns the first fault and says how many there are. Of a judgement that names
// no proof all that was told of the order is shown, behind its start.
func (r record) each(judge func(life, []client.Message) error) error {
	var (
		first error
		more  int
	)
	for _, w := range r.witnesses {
		for _, l := range r.lives {
			told := w.told[l.uuid]
			err := judge(l, told)
			if err != nil && first == nil {
				first = &fault{
					fmt.Sprintf("%v: %s told of order %s: %s", err, w.channel, l.name, briefs(told)),
					w.proof(l, err),
				}
			} else if err != nil {
				more++
			}
		}
	}
	if more > 0 {
		f, _ := errors.AsType[*fault](first)
		f.text += fmt.Sprintf(" (and %d more such faults)", more)
	}
	return first
}
