package events

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

var deliveryCases = []spec.Case{{ID: "EVT-21", Needs: needOrders, Run: deliveredPromptly}}

const (
	// promptly is real time: about as long as a person waits without wondering.
	promptly = time.Second
	// outliers is how many of the changes may be told late, for reasons that no
	// rest excludes, such as a flash memory that tidies up.
	outliers = 1
)

// delivery is how long one change took to reach the clients.
type delivery struct {
	what  string
	took  time.Duration // from before the request to the event on the last connection
	lag   time.Duration // by how much the harness was late itself meanwhile
	proof []client.Exchange
}

func (d delivery) String() string { return d.took.Round(100 * time.Microsecond).String() }

func quicker(a, b delivery) int { return cmp.Compare(a.took, b.took) }

// deliveredPromptly measures six changes, one at a time; fewer if it is clear
// before that they are told late.
func deliveredPromptly(c *spec.C) {
	streams := openStreams(c, 2)
	var all, late []delivery
	excused := 0
	for i := 0; i < 3 && len(late) <= outliers; i++ {
		name := c.OrderName()
		all = append(all,
			deliver(c, streams, name, "", protocol.OrderCreated),
			deliver(c, streams, name, "62", protocol.OrderModified))
		late, excused = tardy(all)
	}
	if len(late) <= outliers && len(late)+excused > outliers {
		c.Inconclusive("%d of %d events were late, and the harness as well", len(late)+excused, len(all))
	}
	c.Note("the fastest event took %s, the slowest %s", slices.MinFunc(all, quicker), slices.MaxFunc(all, quicker))
	var err error
	if len(late) > outliers {
		text := fmt.Sprintf("%d of %d took longer, among them %s: %s", len(late), len(all), late[0].what, late[0])
		err = &fault{text, late[0].proof}
	}
	expect(c, err, "an event", "arrive within "+promptly.String())
}

// deliver makes one change and waits until every stream has told of it. An event that
// does not come, however long it takes, is lost and not late.
func deliver(c *spec.C, streams []*spec.Stream, name, location string, kind protocol.EventType) delivery {
	res := c.PostOrder(name, protocol.OnPremise, location)
	if err := done(res, "start or locate order "+name); err != nil {
		c.Broken("the set-up failed: %v", err)
	}
	d := delivery{what: fmt.Sprintf("%s of order %s", kind, name), proof: []client.Exchange{res.Exchange}}
	uuid := c.Order(name).UUID
	ctx, cancel := c.Within(2 * spec.Patience)
	defer cancel()
	for _, s := range streams {
		m, _, told := s.Await(ctx, 0, func(m client.Message) bool { return m.UUID() == uuid && m.Type() == kind })
		if !told {
			c.Cite(proofOf(res.Exchange, s.Messages(), protocol.Order{Name: name, UUID: uuid})...)
			c.Broken("there is nothing to time: %s did not come (see EVT-04, EVT-05)", d.what)
		}
		d.took = max(d.took, m.At.Sub(res.Sent))
		d.proof = append(d.proof, m.Exchange)
	}
	d.lag = c.Lag.Between(res.Sent, res.Sent.Add(d.took))
	return d
}

// tardy picks the deliveries that were late, and counts those that may have been
// because the harness was.
func tardy(all []delivery) (late []delivery, excused int) {
	for _, d := range all {
		switch over := d.took - promptly; {
		case over <= 0:
		case d.lag >= over:
			excused++
		default:
			late = append(late, d)
		}
	}
	return late, excused
}
