package spec

import (
	"fmt"

	"ttcheck/protocol"
)

// DefaultNames are used where nothing else is asked for.
var DefaultNames = protocol.NameRange{First: 9000, Last: 9099}

// minNames is the smallest range with which every case can run.
const minNames = 60

// ParseNames reads the range of order names that a run may use.
func ParseNames(s string) (protocol.NameRange, error) {
	r, err := protocol.ParseNameRange(s)
	if err == nil && r.Len() < minNames {
		err = fmt.Errorf("order names %.40q: the range must hold at least %d names", s, minNames)
	}
	return r, err
}
