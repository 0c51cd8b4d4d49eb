package pos

import (
	"fmt"
	"os"
	"testing"
	"time"

	posfixture "ttcheck/fixtures/pos"
	"ttcheck/fixtures/pos/posfaults"
	"ttcheck/fixtures/witness"
	"ttcheck/report"
)

func TestTmp(t *testing.T) {
	f, err := posfaults.Lookup(os.Getenv("F"))
	if err != nil {
		t.Skip()
	}
	debug = func(s *site) {
		s.watch.Look(func(r *witness.Record) {
			var start time.Time
			if len(r.Connections) > 0 {
				start = r.Connections[0].At
			}
			for name, sc := range s.scenes {
				fmt.Printf("scene %8.2f-%8.2f %s missing=%q died=%q back=%v restarted=%v polled=%v\n", sc.from.Sub(start).Seconds(), sc.to.Sub(start).Seconds(), name, sc.missing, sc.died, sc.back != nil, sc.restarted, !sc.polled.IsZero())
			}
			for _, at := range s.stops {
				fmt.Printf("stop %8.2f\n", at.Sub(start).Seconds())
			}
			for _, q := range r.Requests {
				fmt.Printf("%8.2f %s %s %d auth=%.20s left=%v\n", q.At.Sub(start).Seconds(), q.Method, q.Target, q.Status, q.Header.Get("Authorization"), q.Left)
			}
			for _, k := range r.Sockets {
				fmt.Printf("socket %d opened %8.2f auth %v ended %8.2f left %v frames %d\n", k.Number, k.Opened.Sub(start).Seconds(), k.Open(), k.Ended.Sub(start).Seconds(), k.Left, len(k.Frames))
			}
		})
	}
	inBubble(t, func(c *Config, o *posfixture.Options) {
		changed(f.Make)(c, o)
	}, func(t *testing.T, found report.Run, err error) {
		for _, r := range found.Results {
			fmt.Println(r.Name(), r.Verdict, r.Reason)
		}
	})
}
