package plan

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"time"
)

// never is later than any plan.
const never = time.Duration(math.MaxInt64)

// Moves hands out what the WebSockets of a plan do, in the order of time. At the end of
// the plan those that are open stay so.
//
// In a stage that leads from a to b sockets, moves are at even intervals, the first of them
// at once: so all that a ramp opens are asked to before the next stage begins. When the
// number falls, the last that was opened is the first to leave.
type Moves struct {
	total time.Duration
	steps steps
	step  Move // the next of the steps

	leaves arrivals      // of churn
	leave  time.Duration // the next of them
	draw   *rand.Rand
	here   crowd        // who may leave by churn
	away   ring[leaver] // who has, the next to come back first
	due    []time.Duration
}

// leaver is a socket that left by churn. It comes back at that time if its due is still
// that: the plan may have closed it, and even have opened it again.
type leaver struct {
	socket int32
	back   time.Duration
}

// Moves begins the moves of the plan, which must be valid. Churn rests while no sockets are
// planned to be open; where all of them are away, nobody leaves. The Moves are for one
// goroutine.
func (p Plan) Moves() *Moves {
	m := &Moves{total: p.Total(), steps: steps{phases: p.Phases()}, leave: never}
	m.step = m.steps.next()
	if p.Churn > 0 {
		n := p.PeakSockets()
		m.here = newCrowd(n)
		m.away = newRing[leaver](int(2 * p.Churn * Away.Seconds()))
		m.due = make([]time.Duration, n)
		m.draw = random(p.Seed, churnSockets)
		m.leaves = p.arrivals(p.churning(), churnArrivals)
		m.leave = m.nextLeave()
	}
	return m
}

// churning is the rate of churn: none while no sockets are planned to be open. So whoever
// is to leave is found, or comes back within Away, and Next never looks far ahead.
func (p Plan) churning() []piece {
	pieces := make([]piece, 0, 2*len(p.Phases()))
	add := func(length time.Duration, rate float64) {
		pieces = append(pieces, piece{length: length, from: rate, to: rate})
	}
	from := 0
	for _, s := range p.Phases() {
		length := time.Duration(s.Duration)
		switch {
		case s.Sockets > 0:
			add(length, p.Churn)
		case from > 0: // until the last of them leaves
			last := fraction(length, from-1, from)
			add(last, p.Churn)
			add(length-last, 0)
		default:
			add(length, 0)
		}
		from = s.Sockets
	}
	return pieces
}

// Next is the next move; false at the end of the plan. Times never fall, and are before
// the end; each socket opens and leaves in turn.
func (m *Moves) Next() (Move, bool) {
	for {
		back := m.back()
		at := min(m.step.At, back, m.leave)
		if at >= m.total {
			return Move{}, false
		}
		var move Move
		var ok bool
		switch at { // at the same time, what the stages say comes first
		case m.step.At:
			move, m.step = m.step, m.steps.next()
			ok = m.planned(move)
		case back:
			move, ok = m.comeBack()
		default:
			m.leave = m.nextLeave()
			move, ok = m.churn(at)
		}
		if ok {
			return move, true
		}
	}
}

// planned takes note of a step; false if there is nothing to do, as the socket is away.
func (m *Moves) planned(move Move) bool {
	if m.due == nil {
		return true
	}
	if move.Open {
		m.here.add(move.Socket)
		return true
	}
	away := m.due[move.Socket] != 0
	m.due[move.Socket] = 0
	if !away {
		m.here.remove(move.Socket)
	}
	return !away
}

// comeBack has the next of those who are away come back; false if the plan has closed it.
func (m *Moves) comeBack() (Move, bool) {
	l := m.away.pop()
	if m.due[l.socket] != l.back {
		return Move{}, false
	}
	m.due[l.socket] = 0
	m.here.add(int(l.socket))
	return Move{At: l.back, Socket: int(l.socket), Open: true}, true
}

// churn has a socket leave; false if there is none.
func (m *Moves) churn(at time.Duration) (Move, bool) {
	n := len(m.here.members)
	if n == 0 {
		return Move{}, false
	}
	j := m.here.members[m.draw.IntN(n)]
	m.here.remove(int(j))
	m.due[j] = at + Away
	m.away.push(leaver{socket: j, back: at + Away})
	return Move{At: at, Socket: int(j)}, true
}

// back is when the next socket is to come back.
func (m *Moves) back() time.Duration {
	if m.away.n == 0 {
		return never
	}
	return m.away.slots[m.away.head].back
}

func (m *Moves) nextLeave() time.Duration {
	at, ok := m.leaves.next()
	if !ok {
		return never
	}
	return at
}

// steps are the moves that the stages ask for.
type steps struct {
	phases []Stage       // that are left
	start  time.Duration // of the first of them
	from   int           // sockets then
	i      int           // moves made in it
}

// next is the next step, or one at never.
func (s *steps) next() Move {
	for len(s.phases) > 0 {
		to, length := s.phases[0].Sockets, time.Duration(s.phases[0].Duration)
		if n := max(to-s.from, s.from-to); s.i < n {
			move := Move{At: s.start + fraction(length, s.i, n), Socket: s.from + s.i, Open: true}
			if to < s.from {
				move.Socket, move.Open = s.from-1-s.i, false
			}
			s.i++
			return move
		}
		s.start += length
		s.from, s.i = to, 0
		s.phases = s.phases[1:]
	}
	return Move{At: never}
}

// fraction is d·i/n for 0 <= i < n, whose product may exceed 64 bits.
func fraction(d time.Duration, i, n int) time.Duration {
	hi, lo := bits.Mul64(uint64(d), uint64(i)) //nolint:gosec // neither is negative
	q, _ := bits.Div64(hi, lo, uint64(n))      //nolint:gosec // nor is that
	return time.Duration(q)                    //nolint:gosec // less than d
}
