package pos

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"ttcheck/suites/pos/drive"
)

// TestDecoy proves that an integration which goes to port 8000 and nowhere else is told so. On
// Linux all of 127.0.0.0/8 is there, so that the port can be had.
func TestDecoy(t *testing.T) {
	t.Parallel()
	const home, goesTo = "127.83.2.8:0", "127.83.2.8:8000"
	found, err := Run(t.Context(), Config{
		Integration: drive.Embedded(func(ctx context.Context, _ drive.Site) error {
			for ctx.Err() == nil {
				if conn, err := net.DialTimeout("tcp", goesTo, time.Second); err == nil {
					_ = conn.Close()
				}
				select {
				case <-ctx.Done():
				case <-time.After(100 * time.Millisecond):
				}
			}
			return nil
		}),
		Acts: []Act{Start}, Home: home, Decoy: true, Speedup: processSpeedup, Patience: processPatience,
	})
	if err != nil || len(found.Remarks) > 0 {
		t.Fatalf("%v, remarks %q", err, found.Remarks)
	}
	if said := finding(found, "POS-02"); !strings.Contains(said, "one to "+goesTo+", where none is") {
		t.Errorf("POS-02: %q", said)
	}
}
