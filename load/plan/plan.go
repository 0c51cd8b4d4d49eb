// Package plan says what a load run is to do, and when: an open model, in which every
// socket, change and query has its time before anything is sent, whatever is answered.
//
// A plan and its seed settle all of it. The shards of a run therefore need not speak to
// each other: each works through the same program and leaves to the others what is theirs.
package plan

import (
	"time"

	"ttcheck/protocol"
)

// Plan is what a load run is to do. It is the YAML file of --plan, and what the report
// repeats as JSON, which Read reads too. A field that a file does not give has its value in
// Default.
type Plan struct {
	// Sockets is how many WebSockets are held, Ramp how long it takes to open them, one
	// after the other at even intervals, and Duration how long they are held then. They
	// stand for two stages, and exclude Stages.
	Sockets  int  `yaml:"sockets,omitempty" json:"sockets,omitempty"`
	Ramp     Span `yaml:"ramp,omitempty" json:"ramp,omitempty"`
	Duration Span `yaml:"duration,omitempty" json:"duration,omitempty"`
	// Rate is how many changes of orders are made per second while the sockets are held.
	// Zero changes nothing: a passive run, for a gateway whose orders come from trackers.
	Rate float64 `yaml:"rate,omitempty" json:"rate,omitempty"`
	// Stages lead from one number of sockets and one rate to the next, evenly.
	Stages []Stage `yaml:"stages,omitempty" json:"stages,omitempty"`
	Mix    Mix     `yaml:"mix,omitempty" json:"mix"`
	// HistoryRate is how many queries of the history are made per second, over the whole run.
	HistoryRate float64 `yaml:"history_rate,omitempty" json:"history_rate,omitempty"`
	// Auth is how a WebSocket shows its token: "header" or "message".
	Auth string `yaml:"auth,omitempty" json:"auth"`
	// Churn is how many sockets per second leave; each comes back after Away.
	Churn float64 `yaml:"churn,omitempty" json:"churn,omitempty"`
	// Arrivals is how requests are spread: "constant" (at even intervals) or "poisson" (as
	// independent guests would).
	Arrivals string `yaml:"arrivals,omitempty" json:"arrivals"`
	Seed     uint64 `yaml:"seed,omitempty" json:"seed"`
	// Names are the order names that may be used, such as 9000-9199.
	Names string `yaml:"order_names,omitempty" json:"order_names"`
}

// Stage is a part of a plan: it leads evenly from where the stage before it ended to the
// given number of sockets and rate.
type Stage struct {
	Duration Span    `yaml:"duration" json:"duration"`
	Sockets  int     `yaml:"sockets" json:"sockets"`
	Rate     float64 `yaml:"rate" json:"rate"`
}

// Mix weighs what changes are made of.
type Mix struct {
	Create int `yaml:"create" json:"create"`
	Locate int `yaml:"locate" json:"locate"`
	Page   int `yaml:"page" json:"page"`
	Clear  int `yaml:"clear" json:"clear"`
}

// Span is a duration that is written as in Go: 10s, 1m30s.
type Span time.Duration

// The ways to authenticate, and to spread requests.
const (
	ByHeader  = "header"
	ByMessage = "message"
	Constant  = "constant"
	Poisson   = "poisson"
)

// Away is how long a socket that leaves by churn stays away.
const Away = time.Second

// Default is the plan of a run that is told nothing.
func Default() Plan {
	return Plan{
		Sockets: 500, Ramp: Span(10 * time.Second), Duration: Span(time.Minute), Rate: 20,
		Mix:  Mix{Create: 4, Locate: 3, Page: 1, Clear: 2},
		Auth: ByHeader, Arrivals: Constant, Seed: 1, Names: "9000-9199",
	}
}

// Shard is one of several processes that share a plan.
type Shard struct{ Index, Count int }

// Op is what a change does to an order.
type Op uint8

// The changes of an order.
const (
	Create Op = iota
	Locate
	Page
	Clear
	ops // how many there are
)

// Change is one change of an order, at its time.
type Change struct {
	K        int64         // its number in the plan, from 1, over all shards
	At       time.Duration // when it is to be sent, since the start
	Op       Op
	Name     int // the order, as an index into the range of names
	Location int // the table for Locate; each time another than before
}

// Move is a WebSocket that is to open or to leave.
type Move struct {
	At     time.Duration
	Socket int // its index over all shards
	Open   bool
}

// Query is a GET of the history, at its time.
type Query struct {
	K      int64 // from 1, over all shards
	At     time.Duration
	Offset int
}

// NameRange are the order names that may be used; Validate has seen that they are a range.
func (p Plan) NameRange() protocol.NameRange {
	r, _ := protocol.ParseNameRange(p.Names)
	return r
}
