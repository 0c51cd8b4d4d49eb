package load

import (
	"context"
	"strings"
	"testing"
	"time"

	"ttcheck/fixtures/gateway"
)

// TestHurry: whoever interrupts twice is not kept waiting by a gateway that hangs.
func TestHurry(t *testing.T) {
	t.Parallel()
	var h hanging
	inBubble(t, gateway.Options{Middleware: h.wrap}, func(t *testing.T, cfg Config, _ *gateway.Gateway) {
		ctx, interrupt := context.WithCancel(t.Context())
		defer interrupt()
		hurry := make(chan struct{})
		cfg.Plan, cfg.Hurry = thousand(5, 20, time.Hour), hurry
		var interrupted time.Time
		cfg.Listener = atSecond{onBegin: func(time.Time) {}, at: 4, f: func() {
			h.begin()
			interrupted = time.Now()
			time.AfterFunc(500*time.Millisecond, interrupt)
			time.AfterFunc(time.Second, func() { close(hurry) })
		}}
		out, err := Run(ctx, cfg)
		took := time.Since(interrupted)
		h.end()
		if err != nil || !out.Interrupted || took > 2*time.Second {
			t.Errorf("interrupted %t after %v, error %v", out.Interrupted, took, err)
		}
		if len(out.Remarks) != 1 || !strings.Contains(out.Remarks[0], "may be active still") {
			t.Errorf("remarks: %q, want the orders that are left", out.Remarks)
		}
	})
}
