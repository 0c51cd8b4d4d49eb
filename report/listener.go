package report

import "time"

// Listener is told of a run while it goes on. Its methods are called from
// several goroutines.
type Listener interface {
	// Begin is called once, with the number of cases to come.
	Begin(head Head, cases int)
	// Result is called for each case as it ends.
	Result(Result)
	// Waiting is called when the run begins to wait for something long, with the
	// time at which it expects to go on. Several waits may run side by side; what
	// names them. To call it again with the same name moves the time, and a time
	// that is past ends the wait. The name completes "waiting 1:37 for …".
	Waiting(what string, until time.Time)
	// Say passes on a line that the user must see at once, such as a request to
	// press the button.
	Say(line string)
	// End is called once, after the last result and the clean-up.
	End(Run)
}
