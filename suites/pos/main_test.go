package pos

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain finds goroutines that outlive their owners.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
