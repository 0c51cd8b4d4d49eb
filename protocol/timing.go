package protocol

import "time"

// Timing holds the durations that the protocol promises.
type Timing struct {
	// TokenWindow is how long after a press of the button a token can be
	// generated (Q).
	TokenWindow time.Duration
	// TokenDeadline is how long a WebSocket that was opened without an
	// Authorization header may go without passing a token (Q).
	TokenDeadline time.Duration
	// Retention is how long a finished order stays in the history (Q).
	Retention time.Duration
}

// Published is the timing that the Quickstart documents.
var Published = Timing{
	TokenWindow:   2 * time.Minute,
	TokenDeadline: 20 * time.Second,
	Retention:     14 * 24 * time.Hour,
}
