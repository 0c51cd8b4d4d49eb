package plan

import (
	"math"
	"math/rand/v2"
	"time"
)

// What is drawn at random has a sequence of its own for each purpose, so that one does not
// depend on how much of another is used.
const (
	changeArrivals uint64 = 1 + iota
	changeOps
	churnArrivals
	churnSockets
	queryArrivals
)

// random is the sequence for a purpose.
func random(seed, purpose uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, purpose)) //nolint:gosec // no secret; it must repeat
}

// piece is a part of a rate's course, which leads evenly from one rate per second to
// another.
type piece struct {
	length   time.Duration
	from, to float64
}

// curve finds when the integral of a rate reaches given numbers, which must not fall. The
// pieces that are left begin at start, where the integral is base.
type curve struct {
	pieces []piece
	start  time.Duration
	base   float64
}

// reach is when the integral comes to be x; false if it never does.
func (c *curve) reach(x float64) (time.Duration, bool) {
	for len(c.pieces) > 0 {
		p := c.pieces[0]
		seconds := p.length.Seconds()
		area := (p.from + p.to) / 2 * seconds
		if x < c.base+area {
			u := min(p.solve(x-c.base, seconds), seconds)
			return c.start + time.Duration(math.Round(u*float64(time.Second))), true
		}
		c.base += area
		c.start += p.length
		c.pieces = c.pieces[1:]
	}
	return 0, false
}

// solve is how many seconds into the piece its integral is x. It is the root of
// from·u + slope·u²/2 = x in the form that loses no digits when the slope is small. The
// products are rounded one by one, as some machines would else fuse them with the sum, and
// shards on different machines would differ.
func (p piece) solve(x, seconds float64) float64 {
	if x <= 0 {
		return 0
	}
	slope := (p.to - p.from) / seconds
	root := float64(p.from*p.from) + float64(2*slope*x)
	return 2 * x / (p.from + math.Sqrt(max(root, 0)))
}

// arrivals are the times at which something happens that has a rate: the k-th where the
// integral of the rate is k-½, or the sum of k exponential variates of mean 1.
type arrivals struct {
	course curve
	total  time.Duration
	draw   *rand.Rand // nil for even intervals
	sum    float64
	last   time.Duration
}

func (p Plan) arrivals(pieces []piece, purpose uint64) arrivals {
	a := arrivals{course: curve{pieces: pieces}, total: p.Total(), sum: -0.5}
	if p.Arrivals == Poisson {
		a.draw, a.sum = random(p.Seed, purpose), 0
	}
	return a
}

// next is the next time; false at the end of the plan. Times never fall, and are all
// before the end.
func (a *arrivals) next() (time.Duration, bool) {
	if a.draw != nil {
		a.sum += a.draw.ExpFloat64()
	} else {
		a.sum++ // exact as far as numbers can get here
	}
	at, ok := a.course.reach(a.sum)
	if at = max(at, a.last); !ok || at >= a.total {
		return 0, false
	}
	a.last = at
	return at, true
}
