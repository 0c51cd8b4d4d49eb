package spec

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxNames bounds a range of order names.
const maxNames = 10_000

// NameRange is the range of order names that a run may use, both ends included.
type NameRange struct{ First, Last int }

// DefaultNames are used where nothing else is asked for.
var DefaultNames = NameRange{9000, 9099}

// minNames is the smallest range with which every case can run.
const minNames = 60

// ParseNameRange reads FIRST-LAST.
func ParseNameRange(s string) (NameRange, error) {
	first, last, ok := strings.Cut(s, "-")
	var r NameRange
	var err1, err2 error
	r.First, err1 = strconv.Atoi(first)
	r.Last, err2 = strconv.Atoi(last)
	switch {
	case !ok || errors.Join(err1, err2) != nil:
		return r, fmt.Errorf("order names %.40q are no range such as %s", s, DefaultNames)
	case r.Last-r.First >= maxNames:
		return r, fmt.Errorf("order names %.40q: the range must hold at most %d names", s, maxNames)
	case r.Last-r.First+1 < minNames:
		return r, fmt.Errorf("order names %.40q: the range must hold at least %d names", s, minNames)
	}
	return r, nil
}

func (r NameRange) String() string { return fmt.Sprintf("%d-%d", r.First, r.Last) }
